with

customer_days as (
    select * from {{ ref('int_customer_days') }}
),

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

members as (
    select
        customer_key,
        cast({{ dbt.date_trunc('month', 'first_purchase_date') }} as date) as cohort_month
    from purchases
    where first_purchase_date is not null
),

cohorts as (
    select
        cohort_month,
        count(*) as cohort_customers
    from members
    group by cohort_month
),

-- Every month from a cohort's own to that of the as-of date, also where nobody bought.
cells as (
    select
        cohorts.cohort_month,
        cohorts.cohort_customers,
        months.month_number as months_since,
        months.month_number < {{ months_between('cohorts.cohort_month', 'settings.as_of_date') }}
        or settings.as_of_date = {{ dbt.last_day('settings.as_of_date', 'month') }} as is_complete
    from cohorts
    cross join settings
    cross join lateral {{ integers_to(months_between('cohorts.cohort_month', 'settings.as_of_date')) }} as months
),

-- Calendar months on both sides; a refund before the first purchase counts in the cohort's own month.
activity as (
    select
        members.cohort_month,
        greatest({{ months_between('members.cohort_month', 'customer_days.order_date') }}, 0) as months_since,
        count(distinct case when customer_days.is_purchase then customer_days.customer_key end) as active_customers,
        sum(customer_days.orders) as orders,
        sum(customer_days.revenue) as revenue
    from members
    inner join customer_days
        on members.customer_key = customer_days.customer_key
    group by
        members.cohort_month,
        greatest({{ months_between('members.cohort_month', 'customer_days.order_date') }}, 0)
),

final as (
    select
        cells.cohort_month,
        cast(cells.months_since as integer) as months_since,
        cast(cells.cohort_customers as integer) as cohort_customers,
        cast(coalesce(activity.active_customers, 0) as integer) as active_customers,
        cast(coalesce(activity.orders, 0) as integer) as orders,
        cast(coalesce(activity.revenue, 0) as numeric(18, 2)) as revenue,
        cast(
            coalesce(activity.active_customers, 0) / cast(cells.cohort_customers as numeric) as numeric(7, 6)
        ) as retention_rate,
        cast(
            coalesce(activity.revenue, 0) / cast(cells.cohort_customers as numeric) as numeric(18, 2)
        ) as revenue_per_customer,
        cast(
            sum(coalesce(activity.revenue, 0)) over (
                partition by cells.cohort_month order by cells.months_since
            ) / cast(cells.cohort_customers as numeric) as numeric(18, 2)
        ) as cumulative_revenue_per_customer,
        cells.is_complete
    from cells
    left join activity
        on cells.cohort_month = activity.cohort_month and cells.months_since = activity.months_since
)

select * from final
