with

links as (
    select * from {{ ref('int_identity_links') }}
),

comparisons as (
    select * from {{ ref('identity_comparisons') }}
),

weights as (
    {{ folder_seed('identity_weights') }}
),

patterns as (
    select distinct
        entity_kind,
        pattern
    from links
    where pattern is not null
),

-- Each comparison has a digit of the pattern, in the order of the names.
places as (
    select
        entity_kind,
        comparison,
        cast(
            10 ^ (row_number() over (partition by entity_kind order by {{ binary_order('comparison') }}) - 1) as bigint
        ) as place
    from comparisons
    group by entity_kind, comparison
),

levels as (
    select
        entity_kind,
        comparison,
        level,
        min(meaning) as meaning
    from comparisons
    where level > 0
    group by entity_kind, comparison, level
),

told as (
    select
        patterns.entity_kind,
        patterns.pattern,
        levels.comparison,
        levels.meaning,
        weights.weight
    from patterns
    inner join places
        on patterns.entity_kind = places.entity_kind
    inner join levels
        on
            places.entity_kind = levels.entity_kind
            and places.comparison = levels.comparison
            and (patterns.pattern / places.place) % 10 = levels.level
    left join weights
        on
            levels.entity_kind = weights.entity_kind
            and levels.comparison = weights.comparison
            and levels.level = weights.level
),

written as (
    select
        entity_kind,
        pattern,
        string_agg(
            comparison || ': ' || meaning || coalesce(' (' || btrim(to_char(weight, 'SG990.0')) || ')', ''),
            '; ' order by weight desc nulls last, {{ binary_order('comparison') }}
        ) as evidence
    from told
    group by entity_kind, pattern
)

select * from written
