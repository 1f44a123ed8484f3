{# What patterns (entity_kind, pattern) say: match_bits, household_bits and random_bits are the logarithms to base 2 of how
   often two records of one person, of one household, or of two people at random agree like that, each with how often
   there are such pairs at all; and for each field with frequencies the probabilities that a value's own frequency takes
   the place of. #}
{% macro identity_weigh_patterns(patterns, fields) -%}
    {%- set comparisons = identity_comparisons() -%}
    with

    weights as (
        {{ folder_seed('identity_weights') }}
    ),

    comparisons as (
        select distinct
            entity_kind,
            comparison,
            level,
            household_share
        from {{ ref('identity_comparisons') }}
    ),

    positions as (
        {{ identity_positions() }}
    ),

    -- Lists by kind of what every level says, to be looked up by 1 + 10 * position + level. In ten-thousandths of a bit, so
    -- that sums do not depend on their order; a level without a weight says nothing.
    levels as (
        select
            positions.entity_kind,
            array_agg(weights.match order by positions.position, digits.level) as match,
            array_agg(weights.household order by positions.position, digits.level) as household,
            array_agg(weights.random order by positions.position, digits.level) as random,
            array_agg(comparisons.household_share order by positions.position, digits.level) as household_share,
            array_agg(
                coalesce(round(10000 * {{ bits('weights.match') }}), 0) order by positions.position, digits.level
            ) as match_bits,
            array_agg(
                coalesce(round(10000 * {{ bits('weights.household') }}), 0) order by positions.position, digits.level
            ) as household_bits,
            array_agg(
                coalesce(round(10000 * {{ bits('weights.random') }}), 0) order by positions.position, digits.level
            ) as random_bits
        from positions
        cross join generate_series(0, 9) as digits (level)
        left join comparisons
            on
                positions.entity_kind = comparisons.entity_kind
                and positions.comparison = comparisons.comparison
                and digits.level = comparisons.level
        left join weights
            on
                comparisons.entity_kind = weights.entity_kind
                and comparisons.comparison = weights.comparison
                and comparisons.level = weights.level
        group by positions.entity_kind
    ),

    populations as (
        select
            entity_kind,
            count(*) as nodes,
            cast(sum(least(records, 10)) as double precision) as records_of_kind
        from {{ ref('int_identity_nodes') }}
        group by entity_kind
    ),

    priors as (
        select
            populations.entity_kind,
            populations.records_of_kind,
            {{ bits('least(0.5, 2 * weights.match / greatest(populations.nodes - 1, 1))') }} as match_bits,
            {{ bits('greatest(1e-15, least(0.3, 2 * weights.household / greatest(populations.nodes - 1, 1)))') }} as household_bits
        from populations
        inner join weights
            on populations.entity_kind = weights.entity_kind and weights.comparison = 'pairs_per_record'
    )

    {% for kind in identity_kinds() %}
    select
        patterns.entity_kind,
        patterns.pattern,
        priors.records_of_kind,
        priors.match_bits
        + ({{ identity_levels_of(comparisons[kind], 'levels.match_bits') | join(' + ') }}) / 10000
        + {{ identity_rule_bits(kind, comparisons[kind]) }} as match_bits,
        priors.household_bits
        + ({{ identity_levels_of(comparisons[kind], 'levels.household_bits') | join(' + ') }}) / 10000 as household_bits,
        ({{ identity_levels_of(comparisons[kind], 'levels.random_bits') | join(' + ') }}) / 10000 as random_bits
        {%- for field in fields %}
        {%- set asked = identity_levels_with(comparisons[kind], field) %}
        {%- for what in ['match', 'household', 'random', 'household_share'] %},
        {{ 'coalesce(' ~ identity_levels_of(asked, 'levels.' ~ what) | join(', ') ~ ')' if asked else 'cast(null as double precision)' }} as {{ field }}_{{ what }}
        {%- endfor %}
        {%- endfor %}
    from {{ patterns }} as patterns
    inner join priors
        on patterns.entity_kind = priors.entity_kind
    inner join levels
        on patterns.entity_kind = levels.entity_kind
    where patterns.entity_kind = '{{ kind }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
