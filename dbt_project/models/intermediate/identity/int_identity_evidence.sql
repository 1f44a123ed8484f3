-- depends_on: {{ ref('identity_rules') }}
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

positions as (
    {{ identity_positions() }}
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
    inner join positions
        on patterns.entity_kind = positions.entity_kind
    inner join levels
        on
            positions.entity_kind = levels.entity_kind
            and positions.comparison = levels.comparison
            and (patterns.pattern / cast(10 ^ positions.position as bigint)) % 10 = levels.level
    left join weights
        on
            levels.entity_kind = weights.entity_kind
            and levels.comparison = weights.comparison
            and levels.level = weights.level
),

rule_hits as (
    {{ identity_rule_hits('patterns') }}
),

-- The strongest rule for one customer has the word.
rules as (
    select
        entity_kind,
        pattern,
        min(case when place = 1 and bits > 0 then rule end) as rule,
        string_agg(
            'rule ' || rule || ': ' || meaning || ' (' || btrim(to_char(bits, 'SG990.0')) || ')', '; ' order by place
        ) as evidence
    from (
        select
            *,
            row_number() over (
                partition by entity_kind, pattern
                order by bits desc, {{ binary_order('rule') }}
            ) as place
        from rule_hits
    ) as placed
    group by entity_kind, pattern
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
),

final as (
    select
        written.entity_kind,
        written.pattern,
        rules.rule,
        concat_ws('; ', written.evidence, rules.evidence) as evidence
    from written
    left join rules
        on written.entity_kind = rules.entity_kind and written.pattern = rules.pattern
)

select * from final
