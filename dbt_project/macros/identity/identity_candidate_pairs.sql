{# Pairs of nodes that are worth a comparison: node_no_1 and node_no_2, the lower number first.

   nodes is a relation. Where it holds one in so many of all, limits on pairs are those of all. #}
{% macro identity_candidate_pairs(nodes, rules, one_in=1) -%}
with

limits as (
    {{ identity_blocking_limits(rules) }}
),

-- Nodes that share a blocking key.
blocks as (
    {{ identity_blocks(nodes, rules) }}
),

-- The largest blocks of a rule go first where it would make more pairs than it may.
sizes as (
    select
        rule_no,
        nodes,
        sum(count(*) * nodes * (nodes - 1) / 2) over (partition by rule_no order by nodes) as pairs_up_to_here
    from blocks
    group by rule_no, nodes
),

allowed as (
    select
        sizes.rule_no,
        sizes.nodes
    from sizes
    inner join limits
        on sizes.rule_no = limits.rule_no
    where
        sizes.pairs_up_to_here * {{ one_in * one_in }} <= greatest(
            {{ var('identity_pairs_per_rule') }},
            limits.pairs_per_record * {{ one_in }} * (select count(*) from {{ nodes }})
        )
)

select distinct
    firsts.node_no as node_no_1,
    seconds.node_no as node_no_2
from blocks
inner join allowed
    on blocks.rule_no = allowed.rule_no and blocks.nodes = allowed.nodes
cross join lateral unnest(blocks.members) with ordinality as firsts (node_no, place)
cross join lateral unnest(blocks.members[firsts.place + 1:]) as seconds (node_no)

union all

-- Records that say the same may still be of two people, where they say little.
select
    node_no as node_no_1,
    node_no as node_no_2
from {{ nodes }}
where records > 1
{%- endmacro %}
