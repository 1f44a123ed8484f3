-- depends_on: {{ ref('identity_comparisons') }}
with

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

-- Few records are paired with many others each, so that a fit does not hang on which pairs happen to be looked at.
neighbours as (
    select
        entity_kind,
        count(*) as nodes,
        greatest({{ var('identity_random_neighbours') }}, 1 + {{ var('identity_random_pairs') }} / count(*)) as steps
    from {{ ref('int_identity_nodes') }}
    group by entity_kind
),

-- The order of a hash, of the numbers alone: whole nodes would be sorted on disk. Of many, those with the lowest hashes
-- are the beginning; twice as many as are needed are taken.
placed as (
    select
        n.entity_kind,
        n.node_no,
        row_number() over (partition by n.entity_kind order by {{ hash_number("n.node_no::text") }}, n.node_no) as place
    from {{ ref('int_identity_nodes') }} as n
    inner join neighbours
        on n.entity_kind = neighbours.entity_kind
    where
        {{ hash_number("n.node_no::text") }} / power(2, 63) + 1
        <= 4.0 * (neighbours.steps + 1 + {{ var('identity_random_pairs') }} / neighbours.steps) / neighbours.nodes
),

-- The nodes at the beginning of that order, and those that come after them.
drawn as (
    select
        nodes.*,
        placed.place,
        neighbours.steps
    from placed
    inner join neighbours
        on placed.entity_kind = neighbours.entity_kind
    inner join nodes
        on placed.node_no = nodes.node_no
    where (placed.place - neighbours.steps - 1) * neighbours.steps <= {{ var('identity_random_pairs') }}
),

-- Pairs by chance: each node with the next ones.
chance as (
    select
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from drawn as l
    cross join lateral generate_series(1, l.steps) as steps (step)
    inner join drawn as r
        on l.entity_kind = r.entity_kind and l.place + steps.step = r.place
    where (l.place - 1) * l.steps <= {{ var('identity_random_pairs') }}
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
