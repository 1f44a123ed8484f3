{# What patterns (entity_kind, pattern) say: match_bits, household_bits and random_bits are the logarithms to base 2 of how
   often two records of one person, of one household, or of two people at random agree like that, each with how often
   there are such pairs at all; and for each field with frequencies the probabilities that a value's own frequency takes
   the place of. #}
{% macro identity_weigh_patterns(patterns, fields) -%}
    with

    weights as (
        {{ folder_seed('identity_weights') }}
    ),

    comparisons as (
        select distinct
            entity_kind,
            comparison,
            level,
            household_share,
            frequency_of,
            cast(10 ^ (dense_rank() over (partition by entity_kind order by {{ binary_order('comparison') }}) - 1) as bigint) as place
        from {{ ref('identity_comparisons') }}
    ),

    places as (
        select distinct
            entity_kind,
            place
        from comparisons
    ),

    -- In ten-thousandths of a bit, so that sums do not depend on their order.
    levels as (
        select
            comparisons.*,
            weights.match,
            weights.household,
            weights.random,
            round(10000 * {{ bits('weights.match') }}) as match_bits,
            round(10000 * {{ bits('weights.household') }}) as household_bits,
            round(10000 * {{ bits('weights.random') }}) as random_bits
        from comparisons
        inner join weights
            on
                comparisons.entity_kind = weights.entity_kind
                and comparisons.comparison = weights.comparison
                and comparisons.level = weights.level
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

    select
        patterns.entity_kind,
        patterns.pattern,
        priors.records_of_kind,
        priors.match_bits + coalesce(sum(levels.match_bits) / 10000, 0) as match_bits,
        priors.household_bits + coalesce(sum(levels.household_bits) / 10000, 0) as household_bits,
        coalesce(sum(levels.random_bits) / 10000, 0) as random_bits
        {%- for field in fields %},
        max(levels.match) filter (where levels.frequency_of = '{{ field }}') as {{ field }}_match,
        max(levels.household) filter (where levels.frequency_of = '{{ field }}') as {{ field }}_household,
        max(levels.random) filter (where levels.frequency_of = '{{ field }}') as {{ field }}_random,
        max(levels.household_share) filter (where levels.frequency_of = '{{ field }}') as {{ field }}_household_share
        {%- endfor %}
    from {{ patterns }} as patterns
    inner join priors
        on patterns.entity_kind = priors.entity_kind
    inner join places
        on patterns.entity_kind = places.entity_kind
    left join levels
        on
            places.entity_kind = levels.entity_kind
            and places.place = levels.place
            and (patterns.pattern / places.place) % 10 = levels.level
    group by
        patterns.entity_kind, patterns.pattern, priors.records_of_kind, priors.match_bits, priors.household_bits
{%- endmacro %}
