-- depends_on: {{ ref('identity_comparisons') }}
with

standardised as (
    select * from {{ ref('int_identity_standardised') }}
),

scores as (
    select * from {{ ref('int_identity_scores') }}
),

component_pairs as (
    select * from {{ ref('int_identity_component_pairs') }}
),

clusters as (
    select * from {{ ref('int_identity_clusters') }}
),

overrides as (
    select * from {{ ref('int_identity_overrides') }}
),

-- The first record of each node speaks for it.
speakers as (
    select distinct on (standardised.node_no)
        standardised.node_no,
        standardised.record_id,
        standardised.entity_kind,
        clusters.cluster_id
    from standardised
    inner join clusters
        on standardised.record_id = clusters.record_id
    order by standardised.node_no, {{ binary_order('standardised.record_id') }}
),

weighed as (
    select
        node_no_1,
        node_no_2,
        pattern,
        weight
    from scores

    union

    select
        node_no_1,
        node_no_2,
        pattern,
        weight
    from component_pairs
    where weight >= {{ var('identity_review_bits') }}
),

between_nodes as (
    select
        speakers_1.record_id as record_id_1,
        speakers_2.record_id as record_id_2,
        speakers_1.entity_kind,
        speakers_1.cluster_id = speakers_2.cluster_id as is_same_cluster,
        false as is_same_node,
        weighed.pattern,
        weighed.weight
    from weighed
    inner join speakers as speakers_1
        on weighed.node_no_1 = speakers_1.node_no
    inner join speakers as speakers_2
        on weighed.node_no_2 = speakers_2.node_no
    where weighed.node_no_1 <> weighed.node_no_2
),

-- Records that say the same.
within_nodes as (
    select
        speakers.record_id as record_id_1,
        standardised.record_id as record_id_2,
        speakers.entity_kind,
        speakers.cluster_id = clusters.cluster_id as is_same_cluster,
        true as is_same_node,
        scores.pattern,
        scores.weight
    from standardised
    inner join speakers
        on standardised.node_no = speakers.node_no and standardised.record_id <> speakers.record_id
    inner join clusters
        on standardised.record_id = clusters.record_id
    left join scores
        on standardised.node_no = scores.node_no_1 and standardised.node_no = scores.node_no_2
    where scores.weight is not null or speakers.cluster_id = clusters.cluster_id
),

pairs as (
    select * from between_nodes
    union all
    select * from within_nodes
),

ordered as (
    select
        least({{ binary_order('record_id_1') }}, {{ binary_order('record_id_2') }}) as record_id_1,
        greatest({{ binary_order('record_id_1') }}, {{ binary_order('record_id_2') }}) as record_id_2,
        entity_kind,
        is_same_cluster,
        pattern,
        weight
    from pairs
    where not is_same_cluster or is_same_node or weight >= {{ var('identity_link_bits') }}
),

linked as (
    select
        coalesce(ordered.record_id_1, overrides.record_id_1) as record_id_1,
        coalesce(ordered.record_id_2, overrides.record_id_2) as record_id_2,
        case when overrides.decision is not null then 'override' else 'score' end as link_kind,
        overrides.decision as rule,
        ordered.weight,
        {{ probability_of_bits('ordered.weight') }} as probability,
        case when overrides.decision is not null or ordered.is_same_cluster then 'link' else 'review' end as decision,
        ordered.entity_kind,
        ordered.pattern
    from ordered
    full outer join overrides
        on ordered.record_id_1 = overrides.record_id_1 and ordered.record_id_2 = overrides.record_id_2
    where overrides.decision is distinct from 'never_link'
)

select * from linked
