-- Fails if an order that names somebody has no customer, because then its money would be missing from every customer.

select
    staged_orders.order_key,
    staged_orders.record_id
from {{ ref('stg_orders') }} as staged_orders
inner join {{ ref('fct_orders') }} as orders
    on staged_orders.order_key = orders.order_key
where
    staged_orders.record_id is not null
    and orders.customer_key is null
