-- The newest orders of these customers.
with

numbered as (
    select
        *,
        row_number() over (partition by customer_key order by ordered_at desc nulls last, order_key) as place
    from warehouse.fct_orders
    where customer_key = any(%(keys)s)
)

select
    customer_key,
    source,
    order_id,
    order_date as day,
    status,
    channel,
    currency,
    amount,
    revenue
from numbered
where place <= %(orders)s
order by customer_key, place
