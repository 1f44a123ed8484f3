with

orders as (
    select * from {{ ref('int_orders_valued') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

metrics as (
    select * from {{ ref('customer_metrics_advanced') }}
),

health as (
    select * from {{ ref('customer_health') }}
),

-- The first order that earned anything on the day of the first purchase.
first_orders as (
    select
        orders.customer_key,
        orders.channel,
        row_number() over (
            partition by orders.customer_key order by orders.ordered_at, orders.order_key
        ) as order_number
    from orders
    inner join rfm
        on orders.customer_key = rfm.customer_key and orders.order_date = rfm.first_purchase_date
    where orders.revenue > 0
),

customers as (
    select
        case
            when rfm.frequency = 0 then 'No purchases'
            else coalesce(first_orders.channel, 'Unknown')
        end as acquisition_channel,
        rfm.frequency,
        rfm.recency_days,
        rfm.monetary,
        metrics.churn_probability,
        metrics.ltv_predicted,
        health.health_score
    from rfm
    inner join metrics
        on rfm.customer_key = metrics.customer_key
    inner join health
        on rfm.customer_key = health.customer_key
    left join first_orders
        on rfm.customer_key = first_orders.customer_key and first_orders.order_number = 1
),

summed as (
    select
        acquisition_channel,
        count(*) as customers,
        sum(frequency) as purchases,
        sum(monetary) as revenue,
        count(case when frequency > 1 then 1 end) as repeat_customers,
        count(case when recency_days < {{ var('churn_window_days') }} then 1 end) as active_customers,
        avg(churn_probability) as average_churn_probability,
        avg(health_score) as average_health_score,
        avg(ltv_predicted) as average_ltv_predicted
    from customers
    group by acquisition_channel
),

final as (
    select
        acquisition_channel,
        cast(customers as integer) as customers,
        cast({{ dbt_utils.safe_divide('customers', 'sum(customers) over ()') }} as numeric(7, 6)) as customer_share,
        cast(purchases as integer) as purchases,
        cast(revenue as numeric(18, 2)) as revenue,
        cast({{ dbt_utils.safe_divide('revenue', 'sum(revenue) over ()') }} as numeric(18, 6)) as revenue_share,
        cast(revenue / customers as numeric(18, 2)) as revenue_per_customer,
        cast(repeat_customers / cast(customers as numeric) as numeric(7, 6)) as repeat_rate,
        cast(active_customers / cast(customers as numeric) as numeric(7, 6)) as active_rate,
        cast(average_churn_probability as numeric(9, 6)) as average_churn_probability,
        cast(average_health_score as numeric(5, 2)) as average_health_score,
        cast(average_ltv_predicted as numeric(18, 2)) as average_ltv_predicted
    from summed
)

select * from final
