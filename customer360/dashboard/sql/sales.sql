-- Money and orders by day (or month) and channel, by what customers are filtered by; all three are null for orders
-- that name nobody.
with

members as ({members})

select
    segment,
    health_band,
    country,
    cast(date_trunc(%(grain)s, order_date) as date) as day,
    channel,
    count(*) filter (where status = 'completed') as orders,
    sum(gross_revenue) as gross_revenue,
    sum(refunds) as refunds,
    sum(revenue) as revenue,
    -- of the period up to the as-of date and of the one before, also where the grain is coarser
    count(*) filter (where status = 'completed' and order_date > first_day) as orders_now,
    sum(revenue) filter (where order_date > first_day) as revenue_now,
    count(*) filter (where status = 'completed' and order_date between first_day - %(period)s + 1 and first_day)
        as orders_before,
    sum(revenue) filter (where order_date between first_day - %(period)s + 1 and first_day) as revenue_before
from warehouse.fct_orders
left join members using (customer_key)
cross join (select cast(%(as_of)s as date) - %(period)s as first_day) as period
where revenue is not null or status = 'completed'
group by segment, health_band, country, cast(date_trunc(%(grain)s, order_date) as date), channel
order by day, segment, health_band, country, channel
