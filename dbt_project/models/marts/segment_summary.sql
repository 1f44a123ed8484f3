with

segment_names as (
    select * from {{ ref('rfm_segment_names') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

health as (
    select * from {{ ref('customer_health') }}
),

metrics as (
    select * from {{ ref('customer_metrics_advanced') }}
),

summed as (
    select
        rfm.segment,
        count(*) as customers,
        sum(rfm.monetary) as revenue,
        sum(rfm.frequency) as purchases,
        avg(rfm.recency_days) as average_recency_days,
        avg(health.health_score) as average_health_score,
        avg(metrics.churn_probability) as average_churn_probability,
        count(case when health.high_churn_risk then 1 end) as high_churn_risk_customers
    from rfm
    inner join health
        on rfm.customer_key = health.customer_key
    inner join metrics
        on rfm.customer_key = metrics.customer_key
    group by rfm.segment
),

totals as (
    select
        sum(customers) as customers,
        sum(revenue) as revenue
    from summed
),

-- Every segment has its row, also where nobody is in it.
final as (
    select
        cast(segment_names.sort_order as integer) as sort_order,
        segment_names.segment,
        segment_names.meaning,
        cast(coalesce(summed.customers, 0) as integer) as customers,
        cast(
            coalesce({{ dbt_utils.safe_divide('summed.customers', 'totals.customers') }}, 0) as numeric(7, 6)
        ) as customer_share,
        cast(coalesce(summed.purchases, 0) as integer) as purchases,
        cast(coalesce(summed.revenue, 0) as numeric(18, 2)) as revenue,
        cast(
            coalesce({{ dbt_utils.safe_divide('summed.revenue', 'totals.revenue') }}, 0) as numeric(18, 6)
        ) as revenue_share,
        cast(
            {{ dbt_utils.safe_divide('summed.revenue', 'summed.customers') }} as numeric(18, 2)
        ) as average_revenue,
        cast(summed.average_recency_days as numeric(18, 1)) as average_recency_days,
        cast(summed.average_health_score as numeric(5, 2)) as average_health_score,
        cast(summed.average_churn_probability as numeric(9, 6)) as average_churn_probability,
        cast(coalesce(summed.high_churn_risk_customers, 0) as integer) as high_churn_risk_customers
    from segment_names
    cross join totals
    left join summed
        on segment_names.segment = summed.segment
)

select * from final
