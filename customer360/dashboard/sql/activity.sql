-- Who bought when, so that customers with a purchase in any stretch of days can be counted: each counts once, on the
-- first day (or month) whose previous one lies before the stretch. No previous one: the first purchase.
with

members as ({members}),

purchase_days as (
    select
        customer_key,
        order_date
    from warehouse.fct_orders
    where customer_key is not null
    group by customer_key, order_date
    having sum(revenue) > 0
),

periods as (
    select distinct
        customer_key,
        cast(date_trunc(%(grain)s, order_date) as date) as day
    from purchase_days
),

steps as (
    select
        customer_key,
        lag(day) over (partition by customer_key order by day) as previous_day,
        day
    from periods
)

select
    segment,
    health_band,
    country,
    previous_day,
    day,
    count(*) as customers
from steps
inner join members using (customer_key)
group by segment, health_band, country, previous_day, day
order by day, previous_day, segment, health_band, country
