with

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

engagement as (
    select * from {{ ref('int_customer_engagement') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

buyers as (
    select
        purchases.customer_key,
        purchases.purchases,
        cast(purchases.purchases - 1 as double precision) as repeats,
        purchases.late_purchases,
        purchases.last_year_purchases,
        purchases.revenue,
        purchases.average_basket,
        purchases.last_currency,
        purchases.last_purchase_date,
        {{ days_since('purchases.first_purchase_date', 'purchases.last_purchase_date') }} as active_days,
        {{ days_since('purchases.first_purchase_date', 'settings.as_of_date') }} as tenure_days,
        {{ days_since('purchases.last_purchase_date', 'settings.as_of_date') }} as silent_days,
        coalesce(engagement.last_ticket_date >= purchases.last_purchase_date, false) as has_complained,
        coalesce(
            engagement.last_event_date > {{ add_days('settings.as_of_date', '-' ~ var('visit_days')) }}, false
        ) as has_visited
    from purchases
    cross join settings
    left join engagement
        on purchases.customer_key = engagement.customer_key
    where purchases.purchases > 0
),

-- While nobody has been known for longer than a year, the last year is everything and says nothing new.
everybody as (
    select
        case when max(tenure_days) > 365 then 1.0 else 0.0 end as last_year_counts,
        sum(active_days) as active_days,
        sum(repeats) as repeats,
        avg(average_basket) as average_basket
    from buyers
),

described as (
    select
        buyers.customer_key,
        buyers.purchases,
        buyers.repeats,
        buyers.active_days,
        buyers.tenure_days,
        buyers.silent_days,
        buyers.average_basket,
        buyers.last_currency,
        buyers.last_purchase_date,
        -- the usual gap: the customer's own ones, and a few of everybody's
        cast(
            greatest(
                (
                    buyers.active_days
                    + {{ var('prior_purchases') }}
                    * coalesce(everybody.active_days / nullif(everybody.repeats, 0), {{ var('churn_window_days') }})
                ) / (buyers.repeats + {{ var('prior_purchases') }}),
                1
            ) as double precision
        ) as usual_gap_days,
        everybody.average_basket as everybodys_basket,
        {{ place_among_all('buyers.revenue') }} as spend_place,
        {{ place_among_all('-buyers.silent_days') }} as recency_place,
        {{ place_among_all('buyers.repeats') }} as repeats_place,
        ln(buyers.repeats + 1) as repeats_log,
        ln(
            (buyers.late_purchases + 0.5)
            / cast(buyers.purchases - buyers.late_purchases + 0.5 as double precision)
        ) as late_log_ratio,
        everybody.last_year_counts
        * ln(cast(buyers.last_year_purchases + 1 as double precision)) as last_year_log,
        case when buyers.has_complained then 1.0 else 0.0 end as has_complained,
        case when buyers.has_visited then 1.0 else 0.0 end as has_visited
    from buyers
    cross join everybody
)

select * from described
