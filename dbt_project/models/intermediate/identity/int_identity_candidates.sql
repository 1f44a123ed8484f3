-- depends_on: {{ ref('identity_blocking') }}
-- depends_on: {{ ref('int_identity_nodes') }}
{%- set rules = identity_blocking_rules() %}
with

limits as (
    {{ identity_blocking_limits(rules) }}
),

-- Nodes that share a blocking key.
blocks as (
    {{ identity_blocks(ref('int_identity_nodes'), rules) }}
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
        sizes.pairs_up_to_here <= greatest(
            {{ var('identity_pairs_per_rule') }},
            limits.pairs_per_record * (select count(*) from {{ ref('int_identity_nodes') }})
        )
),

candidates as (
    select distinct
        firsts.node_no as node_no_1,
        seconds.node_no as node_no_2
    from blocks
    inner join allowed
        on blocks.rule_no = allowed.rule_no and blocks.nodes = allowed.nodes
    cross join lateral unnest(blocks.members) as firsts (node_no)
    cross join lateral unnest(blocks.members) as seconds (node_no)
    where firsts.node_no < seconds.node_no

    union all

    -- Records that say the same may still be of two people, where they say little.
    select
        node_no as node_no_1,
        node_no as node_no_2
    from {{ ref('int_identity_nodes') }}
    where records > 1
)

select * from candidates
