{#- Months, or weeks that begin on a Monday; the period names columns. -#}
{%- set period = cohort_period() -%}
{%- set periods_so_far = periods_between(period, 'cohorts.cohort_' ~ period, 'settings.as_of_date') -%}
{%- set period_of_day = periods_between(period, 'members.cohort_' ~ period, 'customer_days.order_date') -%}

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
        cast({{ dbt.date_trunc(period, 'first_purchase_date') }} as date) as cohort_{{ period }}
    from purchases
    where first_purchase_date is not null
),

cohorts as (
    select
        cohort_{{ period }},
        count(*) as cohort_customers
    from members
    group by cohort_{{ period }}
),

-- Every period from a cohort's own to that of the as-of date, also where nobody bought.
cells as (
    select
        cohorts.cohort_{{ period }},
        cohorts.cohort_customers,
        periods.month_number as {{ period }}s_since,
        periods.month_number < {{ periods_so_far }}
        or settings.as_of_date = {{ dbt.last_day('settings.as_of_date', period) }} as is_complete
    from cohorts
    cross join settings
    cross join lateral {{ integers_to(periods_so_far) }} as periods
),

-- Calendar periods on both sides; a refund before the first purchase counts in the cohort's own one.
activity as (
    select
        members.cohort_{{ period }},
        greatest({{ period_of_day }}, 0) as {{ period }}s_since,
        count(distinct case when customer_days.is_purchase then customer_days.customer_key end) as active_customers,
        sum(customer_days.orders) as orders,
        sum(customer_days.revenue) as revenue
    from members
    inner join customer_days
        on members.customer_key = customer_days.customer_key
    group by
        members.cohort_{{ period }},
        greatest({{ period_of_day }}, 0)
),

final as (
    select
        cells.cohort_{{ period }},
        cast(cells.{{ period }}s_since as integer) as {{ period }}s_since,
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
                partition by cells.cohort_{{ period }} order by cells.{{ period }}s_since
            ) / cast(cells.cohort_customers as numeric) as numeric(18, 2)
        ) as cumulative_revenue_per_customer,
        cells.is_complete
    from cells
    left join activity
        on
            cells.cohort_{{ period }} = activity.cohort_{{ period }}
            and cells.{{ period }}s_since = activity.{{ period }}s_since
)

select * from final
