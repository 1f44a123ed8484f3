with

standardised as (
    select * from {{ ref('int_identity_standardised') }}
),

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

linkage as (
    select * from {{ ref('int_identity_linkage') }}
),

scores as (
    select * from {{ ref('int_identity_scores') }}
),

clustered as (
    select
        standardised.record_id,
        standardised.record_no,
        standardised.node_no,
        case
            when linkage.node is not null then linkage.cluster
            when nodes.records > 1 and scores.weight >= {{ var('identity_link_bits') }} then standardised.node_no
            else standardised.record_no
        end as node_cluster
    from standardised
    inner join nodes
        on standardised.node_no = nodes.node_no
    left join scores
        on standardised.node_no = scores.node_no_1 and standardised.node_no = scores.node_no_2
    left join linkage
        on standardised.node_no = linkage.node
),

named as (
    select
        record_id,
        node_no,
        min(record_no) over (partition by node_cluster) as cluster_id,
        case when count(*) over (partition by node_cluster) > 1 then 'score' else 'alone' end as joined_by
    from clustered
)

select * from named
