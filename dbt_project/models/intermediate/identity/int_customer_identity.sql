-- depends_on: {{ ref('int_identity_changes') }}: what changes is found before anything is built on keys
with

records as (
    select * from {{ ref('int_customer_records') }}
),

clusters as (
    select * from {{ ref('int_identity_clusters') }}
),

keys as (
    select * from {{ ref('int_identity_keys') }}
),

keyed as (
    select
        records.record_id,
        keys.customer_key,
        records.source,
        records.customer_id,
        records.record_kind,
        records.entity_kind,
        clusters.joined_by,
        records.record_id = keys.founding_record_id as is_founding_record
    from records
    inner join clusters
        on records.record_id = clusters.record_id
    inner join keys
        on clusters.cluster_id = keys.cluster_id
)

select * from keyed
