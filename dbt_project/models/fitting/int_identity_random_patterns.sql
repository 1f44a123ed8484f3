-- depends_on: {{ ref('identity_comparisons') }}
with

nodes as (
    select
        *,
        row_number() over (partition by entity_kind order by {{ hash_number("node_no::text") }}, node_no) as place
    from {{ ref('int_identity_nodes') }}
),

-- Few records are paired with many others each, so that a fit does not hang on which pairs happen to be looked at.
neighbours as (
    select
        entity_kind,
        greatest({{ var('identity_random_neighbours') }}, 1 + {{ var('identity_random_pairs') }} / count(*)) as steps
    from {{ ref('int_identity_nodes') }}
    group by entity_kind
),

-- Pairs by chance: each node with the next ones in the order of a hash.
chance as (
    select
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from nodes as l
    inner join neighbours
        on l.entity_kind = neighbours.entity_kind
    cross join lateral generate_series(1, neighbours.steps) as steps (step)
    inner join nodes as r
        on l.entity_kind = r.entity_kind and l.place + steps.step = r.place
    where l.place * neighbours.steps <= {{ var('identity_random_pairs') }} + neighbours.steps
),

counted as (
    select
        entity_kind,
        pattern,
        count(*) as pairs
    from chance
    group by entity_kind, pattern
)

select * from counted
