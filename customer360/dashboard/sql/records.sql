select
    customer_key,
    {columns}
from {mart} as shown
where customer_key = any(%(keys)s)
order by customer_key, source, source_customer_id
