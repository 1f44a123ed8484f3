{# What patterns (entity_kind, pattern, pairs) say: match_bits, household_bits and random_bits are the logarithms to base
   2 of how often two records of one person, of one household, or of two people at random agree like that, each with
   how often there are such pairs at all; and for each field with frequencies the probabilities that a value's own
   frequency takes the place of. #}
{% macro identity_weigh_patterns(patterns) -%}
    {%- set fields = identity_frequency_fields() -%}
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
            dense_rank() over (partition by entity_kind order by {{ binary_order('comparison') }}) - 1 as position
        from {{ ref('identity_comparisons') }}
    ),

    populations as (
        select
            entity_kind,
            count(*) as nodes
        from {{ ref('int_identity_nodes') }}
        group by entity_kind
    ),

    priors as (
        select
            populations.entity_kind,
            {{ bits('least(0.5, 2 * weights.match / greatest(populations.nodes - 1, 1))') }} as match_bits,
            {{ bits('greatest(1e-15, least(0.3, 2 * weights.household / greatest(populations.nodes - 1, 1)))') }} as household_bits
        from populations
        inner join weights
            on populations.entity_kind = weights.entity_kind and weights.comparison = 'pairs_per_record'
    ),

    rule_hits as (
        {{ identity_rule_hits(patterns) }}
    ),

    rule_bits as (
        select
            entity_kind,
            pattern,
            sum(bits) as bits
        from rule_hits
        group by entity_kind, pattern
    )

    select
        patterns.entity_kind,
        patterns.pattern,
        patterns.pairs,
        priors.match_bits + coalesce(sum(round(10000 * {{ bits('weights.match') }})) / 10000, 0)
        + coalesce(max(rule_bits.bits), 0) as match_bits,
        priors.household_bits + coalesce(sum(round(10000 * {{ bits('weights.household') }})) / 10000, 0) as household_bits,
        coalesce(sum(round(10000 * {{ bits('weights.random') }})) / 10000, 0) as random_bits
        {%- for field in fields %},
        max(weights.match) filter (where comparisons.frequency_of = '{{ field }}') as {{ field }}_match,
        max(weights.household) filter (where comparisons.frequency_of = '{{ field }}') as {{ field }}_household,
        max(weights.random) filter (where comparisons.frequency_of = '{{ field }}') as {{ field }}_random,
        max(comparisons.household_share) filter (where comparisons.frequency_of = '{{ field }}') as {{ field }}_household_share
        {%- endfor %}
    from {{ patterns }} as patterns
    inner join priors
        on patterns.entity_kind = priors.entity_kind
    inner join comparisons
        on
            patterns.entity_kind = comparisons.entity_kind
            and cast(floor(patterns.pattern / cast(10 ^ comparisons.position as bigint)) as bigint) % 10 = comparisons.level
    left join rule_bits
        on patterns.entity_kind = rule_bits.entity_kind and patterns.pattern = rule_bits.pattern
    left join weights
        on
            comparisons.entity_kind = weights.entity_kind
            and comparisons.comparison = weights.comparison
            and comparisons.level = weights.level
    group by patterns.entity_kind, patterns.pattern, patterns.pairs, priors.match_bits, priors.household_bits
{%- endmacro %}
