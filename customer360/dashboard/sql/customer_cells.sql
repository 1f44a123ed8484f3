-- Every figure about customers that adds up, by what they are filtered by.
with

members as ({members}),

last_day as (select cast(%(as_of)s as date) as day),

purchase_days as (
    select
        customer_key,
        order_date
    from warehouse.fct_orders
    where customer_key is not null and order_date > (select day - 2 * %(period)s from last_day)
    group by customer_key, order_date
    having sum(revenue) > 0
),

activity as (
    select
        customer_key,
        bool_or(order_date > day - %(period)s and order_date <= day) as active,
        bool_or(order_date <= day - %(period)s) as active_before
    from purchase_days
    cross join last_day
    group by customer_key
)

select
    segment,
    health_band,
    country,
    count(*) as customers,
    count(*) filter (where frequency > 0) as buyers,
    sum(record_count) as records,
    sum(ltv_actual) as ltv_actual,
    sum(ltv_predicted) as ltv_predicted,
    sum(churn_probability) as churn_probability,
    count(churn_probability) as churn_known,
    count(*) filter (where high_churn_risk) as high_risk,
    sum(ltv_actual) filter (where high_churn_risk) as ltv_at_risk,
    sum(health_score) as health_score,
    count(health_score) as health_known,
    sum(recency_points) as recency_points,
    sum(frequency_points) as frequency_points,
    sum(monetary_points) as monetary_points,
    sum(basket_trend_points) as basket_trend_points,
    sum(engagement_points) as engagement_points,
    count(*) filter (where customer_since is null or customer_since <= day) as known,
    count(*) filter (where customer_since is null or customer_since <= day - %(period)s) as known_before,
    count(*) filter (where active) as active,
    count(*) filter (where active_before) as active_before,
    count(*) filter (where first_purchase_date > day - %(period)s and first_purchase_date <= day) as first_bought,
    count(*) filter (
        where first_purchase_date > day - 2 * %(period)s and first_purchase_date <= day - %(period)s
    ) as first_bought_before
from members
left join activity using (customer_key)
cross join last_day
group by segment, health_band, country
order by segment, health_band, country
