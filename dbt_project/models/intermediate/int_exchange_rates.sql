with

orders as (
    select * from {{ ref('stg_orders') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

-- A rate holds until the next one; the euro is its own measure.
periods as (
    select
        currency,
        units_per_euro,
        valid_from,
        lead(valid_from) over (partition by currency order by valid_from) as valid_below
    from exchange_rates

    union all

    select
        'EUR' as currency,
        1 as units_per_euro,
        cast('0001-01-01' as date) as valid_from,
        cast(null as date) as valid_below
),

-- Only what was really ordered: each foreign currency on each of its days.
needed as (
    select distinct
        orders.currency,
        orders.order_date,
        settings.reporting_currency
    from orders
    cross join settings
    where
        orders.rejected_reason is null
        and orders.currency <> settings.reporting_currency
),

converted as (
    select
        needed.currency,
        needed.order_date,
        cast(reported.units_per_euro / ordered.units_per_euro as numeric(20, 10)) as exchange_rate
    from needed
    inner join periods as ordered
        on
            needed.currency = ordered.currency
            and needed.order_date >= ordered.valid_from
            and (needed.order_date < ordered.valid_below or ordered.valid_below is null)
    inner join periods as reported
        on
            needed.reporting_currency = reported.currency
            and needed.order_date >= reported.valid_from
            and (needed.order_date < reported.valid_below or reported.valid_below is null)
)

select * from converted
