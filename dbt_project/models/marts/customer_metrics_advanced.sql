{#- The contract lists the columns of the default horizons; others bring columns of their own. -#}
{%- set horizons = horizons_days() -%}
{{ config(contract={'enforced': horizons == [90, 180, 365]}) }}

with

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

predicted as (
    select * from {{ ref('int_customer_predictions') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

final as (
    select
        customers.customer_key,
        cast(coalesce(purchases.purchases, 0) as integer) as purchases,
        cast(coalesce(purchases.orders, 0) as integer) as orders,
        predicted.tenure_days,
        cast(predicted.usual_gap_days as numeric(18, 1)) as usual_gap_days,
        cast(purchases.average_basket as numeric(18, 2)) as average_basket,
        cast(
            {{ dbt_utils.safe_divide('purchases.later_basket', 'purchases.earlier_basket') }} - 1 as numeric(18, 4)
        ) as spending_trend,
        cast(predicted.p_alive as numeric(9, 6)) as p_alive,
        cast(predicted.churn_probability as numeric(9, 6)) as churn_probability,
        predicted.predicted_next_order_date,
        predicted.predicted_next_order_date < settings.as_of_date as is_overdue,
        {% for days in horizons -%}
        cast(predicted.expected_orders_{{ days }}d as numeric(18, 4)) as expected_orders_{{ days }}d,
        cast(predicted.expected_value_{{ days }}d as numeric(18, 2)) as expected_value_{{ days }}d,
        {% endfor -%}
        cast(coalesce(purchases.revenue, 0) as numeric(18, 2)) as ltv_actual,
        cast(
            coalesce(purchases.revenue, 0) + predicted.expected_value_{{ horizons | last }}d as numeric(18, 2)
        ) as ltv_predicted
    from customers
    cross join settings
    left join purchases
        on customers.customer_key = purchases.customer_key
    left join predicted
        on customers.customer_key = predicted.customer_key
)

select * from final
