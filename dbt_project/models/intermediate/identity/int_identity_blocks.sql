-- depends_on: {{ ref('identity_blocking') }}
with

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

keyed as (
    {{ identity_blocking_keys('nodes') }}
),

blocks as (
    select
        rule,
        max(pairs_per_record) as pairs_per_record,
        count(*) as nodes,
        array_agg(node_no order by node_no) as members
    from keyed
    group by rule, block_no
    having count(*) > 1
),

-- The largest blocks of a rule go first where it would make more pairs than it may.
sizes as (
    select
        rule,
        nodes,
        sum(count(*) * nodes * (nodes - 1) / 2) over (partition by rule order by nodes) as pairs_up_to_here
    from blocks
    group by rule, nodes
),

population as (
    select count(*) as nodes from nodes
),

capped as (
    select
        blocks.rule,
        blocks.nodes,
        blocks.members
    from blocks
    inner join sizes
        on blocks.rule = sizes.rule and blocks.nodes = sizes.nodes
    cross join population
    where
        sizes.pairs_up_to_here
        <= greatest({{ var('identity_pairs_per_rule') }}, blocks.pairs_per_record * population.nodes)
)

select * from capped
