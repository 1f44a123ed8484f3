{%- set factors = ['recency', 'frequency', 'monetary', 'basket_trend', 'engagement'] -%}

with

customers as (
    select * from {{ ref('dim_customers') }}
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

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

weights as (
    select * from {{ ref('int_health_weights') }}
),

-- Likely to leave, and worth something while they stayed.
ranked as (
    select
        health.*,
        metrics.churn_probability,
        metrics.ltv_actual,
        metrics.predicted_next_order_date,
        purchases.last_year_revenue,
        cast(metrics.churn_probability * purchases.last_year_revenue as numeric(18, 2)) as value_at_stake,
        row_number() over (
            order by metrics.churn_probability * purchases.last_year_revenue desc, health.customer_key
        ) as place
    from health
    inner join metrics
        on health.customer_key = metrics.customer_key
    inner join purchases
        on health.customer_key = purchases.customer_key
    where
        health.high_churn_risk
        and purchases.last_year_revenue > 0
),

final as (
    select
        cast(ranked.place as integer) as place,
        ranked.customer_key,
        customers.full_name,
        customers.organisation_name,
        customers.email,
        customers.email_consent,
        rfm.segment,
        ranked.churn_probability,
        ranked.last_year_revenue,
        ranked.value_at_stake,
        ranked.ltv_actual,
        rfm.last_purchase_date,
        ranked.predicted_next_order_date,
        ranked.health_score,
        ranked.health_band,
        -- the first of those that lack the most points
        case greatest(
            {% for factor in factors -%}
            weights.{{ factor }} - ranked.{{ factor }}_points,
            {% endfor -%}
            0
        )
            {% for factor in factors -%}
            when weights.{{ factor }} - ranked.{{ factor }}_points then '{{ factor }}'
            {% endfor -%}
        end as weakest_factor
    from ranked
    cross join weights
    inner join customers
        on ranked.customer_key = customers.customer_key
    inner join rfm
        on ranked.customer_key = rfm.customer_key
    where ranked.place <= {{ var('at_risk_customers_listed') }}
)

select * from final
