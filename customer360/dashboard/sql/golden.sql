select
    customer_key,
    attribute,
    source,
    source_customer_id as id
from warehouse.customer_golden_lineage
where customer_key = any(%(keys)s)
order by customer_key, attribute
