{{ config(materialized='average_linkage') }}
with

component_pairs as (
    select * from {{ ref('int_identity_component_pairs') }}
),

decisions as (
    select * from {{ ref('int_identity_node_overrides') }}
),

-- In thousandths of a bit, so that sums do not depend on their order. One pair that is nearly certain does not outweigh
-- many that are unlikely; what people decided outweighs everything.
weighed as (
    select
        component_pairs.node_no_1 as node_1,
        component_pairs.node_no_2 as node_2,
        case
            when decisions.decision = 'must_link' then 1000000000
            when decisions.decision = 'never_link' then -1000000000000000
            else cast(round(1000 * least(12, greatest(-4.5, component_pairs.weight))) as bigint)
        end as weight
    from component_pairs
    left join decisions
        on component_pairs.node_no_1 = decisions.node_no_1 and component_pairs.node_no_2 = decisions.node_no_2
)

select * from weighed
