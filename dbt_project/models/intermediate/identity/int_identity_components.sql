{{ config(materialized='connected_components') }}
with

scores as (
    select * from {{ ref('int_identity_scores') }}
),

decisions as (
    select * from {{ ref('int_identity_node_overrides') }}
),

edges as (
    select
        node_no_1 as node_1,
        node_no_2 as node_2
    from scores
    where
        weight >= {{ var('identity_link_bits') }}
        and node_no_1 <> node_no_2

    union all

    select
        node_no_1 as node_1,
        node_no_2 as node_2
    from decisions
    where decision = 'must_link'
)

select * from edges
