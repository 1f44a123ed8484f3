-- depends_on: {{ ref('identity_comparisons') }}
{%- set neighbours = var('identity_random_neighbours') %}
with

nodes as (
    select
        *,
        row_number() over (partition by entity_kind order by {{ hash_number("node_no::text") }}, node_no) as place
    from {{ ref('int_identity_nodes') }}
),

-- Pairs by chance: each node with the next ones in the order of a hash.
chance as (
    select
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from nodes as l
    cross join generate_series(1, {{ neighbours }}) as steps (step)
    inner join nodes as r
        on l.entity_kind = r.entity_kind and l.place + steps.step = r.place
    where l.place <= {{ var('identity_random_nodes') }}
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
