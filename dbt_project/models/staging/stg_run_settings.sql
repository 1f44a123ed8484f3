with

data_folder as (
    select * from {{ source('raw', 'data_folder') }}
),

customers as (
    select * from {{ ref('base_customers') }}
),

orders as (
    select * from {{ ref('base_orders') }}
),

tickets as (
    select * from {{ ref('base_tickets') }}
),

events as (
    select * from {{ ref('base_events') }}
),

words as (
    select * from {{ ref('word_meanings') }}
),

-- What happened on which day. Births and the day of landing say nothing about how far the data reach.
days_seen as (
    select
        cast(created_at as date) as day_seen,
        loaded_at
    from customers

    union all

    select
        cast(updated_at as date) as day_seen,
        loaded_at
    from customers

    union all

    select
        cast(ordered_at as date) as day_seen,
        loaded_at
    from orders

    union all

    select
        cast(opened_at as date) as day_seen,
        loaded_at
    from tickets

    union all

    select
        cast(occurred_at as date) as day_seen,
        loaded_at
    from events
),

day_counts as (
    select
        day_seen,
        max({{ utc_date('loaded_at') }}) as landed_on
    from days_seen
    group by day_seen
),

landing as (
    select max(landed_on) as landed_on from day_counts
),

-- Dates in the future are slips; a day's grace covers clocks ahead of UTC.
newest_day as (
    select max(day_counts.day_seen) as newest_day
    from day_counts
    cross join landing
    where day_counts.day_seen <= {{ add_days('landing.landed_on', 1) }}
),

declared as (
    select
        max(as_of_date) as as_of_date,
        max(reporting_currency) as reporting_currency,
        max({{ utc_date('landed_at') }}) as landed_on
    from data_folder
),

dated as (
    select
        declared.reporting_currency,
        coalesce(
            {{ as_of_date() }},
            declared.as_of_date,
            newest_day.newest_day,
            landing.landed_on,
            declared.landed_on,
            cast('1970-01-01' as date)
        ) as as_of_date,
        case
            when {{ as_of_date() }} is not null then 'asked for by the run'
            when declared.as_of_date is not null then 'declared by the data folder'
            when newest_day.newest_day is not null then 'newest day in the data'
            else 'day of landing'
        end as as_of_date_origin
    from declared
    cross join newest_day
    cross join landing
),

currencies as (
    select
        coalesce(words.meaning, upper(orders.currency_text)) as currency,
        count(*) as orders
    from orders
    cross join dated
    left join words
        on words.field = 'currency' and lower(orders.currency_text) = words.word
    where
        orders.currency_text is not null
        and orders.ordered_at < {{ add_days('dated.as_of_date', 1) }}
    group by coalesce(words.meaning, upper(orders.currency_text))
),

ranked_currencies as (
    select
        currency,
        row_number() over (order by orders desc, {{ binary_order('currency') }}) as currency_rank
    from currencies
),

settled as (
    select
        dated.as_of_date,
        dated.as_of_date_origin,
        upper(coalesce(dated.reporting_currency, ranked_currencies.currency, 'EUR')) as reporting_currency
    from dated
    left join ranked_currencies
        on ranked_currencies.currency_rank = 1
)

select * from settled
