-- depends_on: {{ ref('identity_rules') }}
-- depends_on: {{ ref('identity_comparisons') }}
-- depends_on: {{ ref('int_identity_frequencies') }}
{%- set fields = identity_frequency_fields() %}
with

pairs as (
    select * from {{ ref('int_identity_pairs') }}
),

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

patterns as (
    select distinct
        entity_kind,
        pattern
    from {{ ref('int_identity_pairs') }}
),

weighed as (
    {{ identity_weigh_patterns('patterns', fields) }}
),

-- Most pairs have a pattern that no frequency of a value can lift high enough.
promising as (
    select *
    from weighed
    where match_bits - greatest(household_bits, random_bits) > {{ var('identity_review_bits') }} - 10
),

scored as (
    select
        pairs.node_no_1,
        pairs.node_no_2,
        pairs.pattern,
        {{ identity_pair_weight(fields) }} as weight
    from pairs
    inner join promising as p
        on pairs.entity_kind = p.entity_kind and pairs.pattern = p.pattern
    inner join nodes as l
        on pairs.node_no_1 = l.node_no
    {{ identity_frequency_joins(fields) }}
),

kept as (
    select * from scored
    where weight >= {{ var('identity_review_bits') }}
)

select * from kept
