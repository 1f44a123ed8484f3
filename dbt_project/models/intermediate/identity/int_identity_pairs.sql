-- depends_on: {{ ref('identity_comparisons') }}
with

candidates as (
    select * from {{ ref('int_identity_candidates') }}
),

lefts as (
    select * from {{ ref('int_identity_nodes') }}
),

rights as (
    select * from {{ ref('int_identity_nodes') }}
),

compared as (
    select
        l.node_no as node_no_1,
        r.node_no as node_no_2,
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from candidates
    inner join lefts as l
        on candidates.node_no_1 = l.node_no
    inner join rights as r
        on candidates.node_no_2 = r.node_no
)

select * from compared
