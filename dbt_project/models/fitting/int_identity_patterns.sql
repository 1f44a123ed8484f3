with

pairs as (
    select * from {{ ref('int_identity_pairs') }}
),

counted as (
    select
        entity_kind,
        pattern,
        count(*) as pairs
    from pairs
    group by entity_kind, pattern
)

select * from counted
