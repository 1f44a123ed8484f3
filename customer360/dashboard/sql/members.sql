-- Every customer with their scores. Other queries begin with this.
select
    customer_key,
    rfm.segment,
    health.health_band,
    country,
    customer_since,
    record_count,
    rfm.recency_score,
    rfm.frequency_score,
    rfm.monetary_score,
    rfm.first_purchase_date,
    rfm.last_purchase_date,
    rfm.recency_days,
    rfm.frequency,
    health.health_score,
    health.recency_points,
    health.frequency_points,
    health.monetary_points,
    health.basket_trend_points,
    health.engagement_points,
    health.high_churn_risk,
    metrics.orders,
    metrics.average_basket,
    metrics.usual_gap_days,
    metrics.predicted_next_order_date,
    metrics.churn_probability,
    metrics.ltv_actual,
    metrics.ltv_predicted
from warehouse.dim_customers
inner join warehouse.customer_rfm as rfm using (customer_key)
inner join warehouse.customer_health as health using (customer_key)
inner join warehouse.customer_metrics_advanced as metrics using (customer_key)
