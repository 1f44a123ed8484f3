-- Fails if an id of a source is missing from customer_records, because whoever looks up a customer by that id must find
-- the key.

with

expected as (
    select
        source,
        customer_id
    from {{ ref('stg_customers') }}

    union

    select
        customer_source as source,
        customer_id
    from {{ ref('stg_orders') }}
    where
        rejected_reason is null
        and customer_id is not null
)

select
    expected.source,
    expected.customer_id
from expected
full outer join {{ ref('customer_records') }} as records
    on expected.source = records.source and expected.customer_id = records.source_customer_id
where expected.customer_id is null or records.source_customer_id is null
