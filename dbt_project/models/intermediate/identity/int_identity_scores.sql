-- depends_on: {{ ref('identity_comparisons') }}
with

pairs as (
    select * from {{ ref('int_identity_pairs') }}
),

patterns as (
    select * from {{ ref('int_identity_patterns') }}
),

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

-- Most pairs have a pattern that no frequency of a value can lift high enough.
promising as (
    select *
    from patterns
    where match_bits - greatest(household_bits, random_bits) > {{ var('identity_review_bits') }} - 10
),

scored as (
    select
        pairs.node_no_1,
        pairs.node_no_2,
        pairs.pattern,
        {{ identity_pair_weight() }} as weight
    from pairs
    inner join promising as p
        on pairs.entity_kind = p.entity_kind and pairs.pattern = p.pattern
    inner join nodes as l
        on pairs.node_no_1 = l.node_no
    inner join nodes as r
        on pairs.node_no_2 = r.node_no
),

kept as (
    select * from scored
    where weight >= {{ var('identity_review_bits') }}
)

select * from kept
