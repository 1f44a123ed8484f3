select
    customer_key,
    source,
    source_customer_id as id
from warehouse.customer_records
where customer_key = any(%(keys)s)
order by customer_key, source, source_customer_id
