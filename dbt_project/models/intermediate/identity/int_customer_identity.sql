with

records as (
    select * from {{ ref('int_customer_records') }}
),

clusters as (
    select * from {{ ref('int_identity_clusters') }}
),

clustered as (
    select
        records.record_id,
        records.source,
        records.customer_id,
        records.record_kind,
        records.entity_kind,
        records.created_at,
        clusters.joined_by,
        clusters.cluster_id
    from records
    inner join clusters
        on records.record_id = clusters.record_id
),

-- The founding record, whose name makes the key: the oldest, then by name.
founded as (
    select
        record_id,
        source,
        customer_id,
        record_kind,
        entity_kind,
        joined_by,
        first_value(source) over founding as founding_source,
        first_value(customer_id) over founding as founding_customer_id
    from clustered
    window founding as (
        partition by cluster_id
        order by
            created_at asc nulls last,
            {{ binary_order('source') }},
            {{ binary_order('customer_id') }}
    )
),

keyed as (
    select
        record_id,
        {{ hash_key(['founding_source', 'founding_customer_id']) }} as customer_key,
        source,
        customer_id,
        record_kind,
        entity_kind,
        joined_by,
        source = founding_source and customer_id = founding_customer_id as is_founding_record
    from founded
)

select * from keyed
