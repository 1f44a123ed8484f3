-- depends_on: {{ ref('identity_rules') }}
-- depends_on: {{ ref('identity_comparisons') }}
-- depends_on: {{ ref('int_identity_frequencies') }}
{%- set fields = identity_frequency_fields() %}
with

components as (
    select * from {{ ref('int_identity_components') }}
),

scores as (
    select * from {{ ref('int_identity_scores') }}
),

lefts as (
    select * from {{ ref('int_identity_nodes') }}
),

rights as (
    select * from {{ ref('int_identity_nodes') }}
),

sizes as (
    select
        component,
        count(*) as nodes
    from components
    group by component
),

-- Every pair of a component, also those that no rule made; in one that stayed huge, those that were scored.
pairs as (
    select
        firsts.component,
        firsts.node as node_no_1,
        seconds.node as node_no_2
    from components as firsts
    inner join components as seconds
        on firsts.component = seconds.component and firsts.node < seconds.node
    inner join sizes
        on firsts.component = sizes.component
    where sizes.nodes <= {{ var('identity_largest_compared_component') }}

    union all

    select
        firsts.component,
        scores.node_no_1,
        scores.node_no_2
    from scores
    inner join components as firsts
        on scores.node_no_1 = firsts.node
    inner join components as seconds
        on scores.node_no_2 = seconds.node and firsts.component = seconds.component
    inner join sizes
        on firsts.component = sizes.component
    where
        sizes.nodes > {{ var('identity_largest_compared_component') }}
        and scores.node_no_1 < scores.node_no_2
),

compared as (
    select
        pairs.component,
        l.node_no as node_no_1,
        r.node_no as node_no_2,
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern
    from pairs
    inner join lefts as l
        on pairs.node_no_1 = l.node_no
    inner join rights as r
        on pairs.node_no_2 = r.node_no
),

patterns as (
    select distinct
        entity_kind,
        pattern
    from compared
),

weighed as (
    {{ identity_weigh_patterns('patterns', fields) }}
),

scored as (
    select
        compared.component,
        compared.node_no_1,
        compared.node_no_2,
        compared.pattern,
        {{ identity_pair_weight(fields) }} as weight
    from compared
    inner join weighed as p
        on compared.entity_kind = p.entity_kind and compared.pattern = p.pattern
    inner join {{ ref('int_identity_nodes') }} as l
        on compared.node_no_1 = l.node_no
    {{ identity_frequency_joins(fields) }}
)

select * from scored
