-- The customers that the table holds: the most valuable ones, and all who are listed as being at risk.
with

members as ({members}),

ranked as (
    select
        *,
        row_number() over (order by ltv_actual desc nulls last, customer_key) as place
    from members
)

select
    ranked.customer_key,
    {columns},
    segment,
    health_band,
    recency_score,
    frequency_score,
    monetary_score,
    first_purchase_date,
    last_purchase_date,
    recency_days,
    orders,
    average_basket,
    usual_gap_days,
    predicted_next_order_date,
    churn_probability,
    high_churn_risk,
    health_score,
    recency_points,
    frequency_points,
    monetary_points,
    basket_trend_points,
    engagement_points,
    ltv_actual,
    ltv_predicted
from ranked
inner join {mart} as shown on ranked.customer_key = shown.customer_key
where
    place <= %(customers)s
    or ranked.customer_key in (select at_risk_customers.customer_key from warehouse.at_risk_customers)
order by ranked.customer_key
