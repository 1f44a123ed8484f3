with

links as (
    select * from {{ ref('int_identity_links') }}
),

evidence as (
    select * from {{ ref('int_identity_evidence') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

final as (
    select
        records_1.source as source_1,
        records_1.customer_id as source_customer_id_1,
        records_2.source as source_2,
        records_2.customer_id as source_customer_id_2,
        records_1.customer_key,
        case
            when links.link_kind = 'score' and evidence.rule is not null then 'rule'
            else links.link_kind
        end as link_kind,
        coalesce(links.rule, evidence.rule) as rule,
        cast(links.weight as numeric(9, 3)) as weight_bits,
        cast(links.probability as numeric(9, 6)) as probability,
        evidence.evidence
    from links
    inner join identity as records_1
        on links.record_id_1 = records_1.record_id
    inner join identity as records_2
        on links.record_id_2 = records_2.record_id
    left join evidence
        on links.entity_kind = evidence.entity_kind and links.pattern = evidence.pattern
    where
        links.decision = 'link'
        and records_1.customer_key = records_2.customer_key
)

select * from final
