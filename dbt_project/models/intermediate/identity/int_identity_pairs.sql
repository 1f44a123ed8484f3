-- depends_on: {{ ref('identity_comparisons') }}
with

blocks as (
    select * from {{ ref('int_identity_blocks') }}
),

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

candidates as (
    select distinct
        firsts.node_no as node_no_1,
        seconds.node_no as node_no_2
    from blocks
    cross join lateral unnest(blocks.members) as firsts (node_no)
    cross join lateral unnest(blocks.members) as seconds (node_no)
    where firsts.node_no < seconds.node_no

    union all

    -- Records that say the same may still be of two people, where they say little.
    select
        node_no as node_no_1,
        node_no as node_no_2
    from nodes
    where records > 1
),

compared as (
    select
        candidates.node_no_1,
        candidates.node_no_2,
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from candidates
    inner join nodes as l
        on candidates.node_no_1 = l.node_no
    inner join nodes as r
        on candidates.node_no_2 = r.node_no
)

select * from compared
