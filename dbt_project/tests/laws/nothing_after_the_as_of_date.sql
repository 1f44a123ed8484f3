-- Fails if a mart knows of a day after the as-of date, because the same past day must always give the same marts.

with

settings as (
    select * from {{ ref('stg_run_settings') }}
),

days as (
    select max(order_date) as newest_day from {{ ref('fct_orders') }}
    union all
    select max(customer_since) as newest_day from {{ ref('dim_customers') }}
    union all
    select max(last_purchase_date) as newest_day from {{ ref('customer_rfm') }}
    union all
    select max(cohort_{{ cohort_period() }}) as newest_day from {{ ref('cohort_retention') }}
)

select days.newest_day
from days
cross join settings
where days.newest_day > settings.as_of_date
