select
    customer_key,
    source_1,
    source_customer_id_1 as id_1,
    source_2,
    source_customer_id_2 as id_2,
    link_kind,
    rule,
    weight_bits,
    probability,
    evidence
from warehouse.identity_links
where customer_key = any(%(keys)s)
order by customer_key, source_1, source_customer_id_1, source_2, source_customer_id_2
