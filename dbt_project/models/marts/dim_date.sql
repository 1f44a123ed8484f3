with

orders as (
    select * from {{ ref('int_orders_valued') }}
),

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

first_days as (
    select min(order_date) as first_day from orders
    union all
    select min(cast(created_at as date)) as first_day from customers
    union all
    select as_of_date as first_day from settings
),

-- Whole years, so that a report can compare any day with the year before.
bounds as (
    select
        min({{ dbt.date_trunc('year', 'first_days.first_day') }}) as first_day,
        {{ dbt.last_day('max(settings.as_of_date)', 'year') }} as last_day
    from first_days
    cross join settings
),

days as (
    select all_days.day
    from bounds
    cross join lateral {{ days_in('bounds.first_day', 'bounds.last_day') }} as all_days
),

final as (
    select
        {{ date_key('day') }} as date_key,
        day as date_day,
        cast(extract(year from day) as integer) as year_number,
        cast(extract(quarter from day) as integer) as quarter_number,
        cast(extract(month from day) as integer) as month_number,
        {{ name_of_month('day') }} as month_name,
        cast({{ dbt.date_trunc('month', 'day') }} as date) as month_start,
        cast(extract(day from day) as integer) as day_of_month,
        cast(extract(isodow from day) as integer) as day_of_week,
        {{ name_of_day('day') }} as day_name,
        cast(extract(isoyear from day) as integer) as iso_year,
        cast(extract(week from day) as integer) as iso_week,
        extract(isodow from day) >= 6 as is_weekend
    from days
)

select * from final
