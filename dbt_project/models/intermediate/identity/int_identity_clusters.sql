with

records as (
    select * from {{ ref('int_customer_records') }}
),

links as (
    select * from {{ ref('int_identity_links') }}
),

-- Links lead from the first record of a cluster to each of its others.
hubs as (
    select distinct
        record_id_1 as record_id,
        rule
    from links
),

clustered as (
    select
        records.record_id,
        coalesce(links.record_id_1, records.record_id) as cluster_id,
        coalesce(links.rule, hubs.rule, 'alone') as joined_by
    from records
    left join links
        on records.record_id = links.record_id_2
    left join hubs
        on records.record_id = hubs.record_id
)

select * from clustered
