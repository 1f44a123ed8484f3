{{ config(
    materialized='connected_components', largest=var('identity_largest_component'), weakest=var('identity_link_bits')
) }}
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
        node_no_2 as node_2,
        weight
    from scores
    where
        weight >= {{ var('identity_link_bits') }}
        and node_no_1 <> node_no_2

    union all

    select
        node_no_1 as node_1,
        node_no_2 as node_2,
        1000000000 as weight
    from decisions
    where decision = 'must_link'
)

select * from edges
