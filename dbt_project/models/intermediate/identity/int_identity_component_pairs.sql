-- depends_on: {{ ref('identity_comparisons') }}
with

components as (
    select * from {{ ref('int_identity_components') }}
),

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

compared as (
    select
        firsts.component,
        l.node_no as node_no_1,
        r.node_no as node_no_2,
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from components as firsts
    inner join components as seconds
        on firsts.component = seconds.component and firsts.node < seconds.node
    inner join nodes as l
        on firsts.node = l.node_no
    inner join nodes as r
        on seconds.node = r.node_no
),

counted as (
    select
        entity_kind,
        pattern,
        count(*) as pairs
    from compared
    group by entity_kind, pattern
),

weighed as (
    {{ identity_weigh_patterns('counted') }}
),

scored as (
    select
        compared.component,
        compared.node_no_1,
        compared.node_no_2,
        compared.pattern,
        {{ identity_pair_weight() }} as weight
    from compared
    inner join weighed as p
        on compared.entity_kind = p.entity_kind and compared.pattern = p.pattern
    inner join nodes as l
        on compared.node_no_1 = l.node_no
    inner join nodes as r
        on compared.node_no_2 = r.node_no
)

select * from scored
