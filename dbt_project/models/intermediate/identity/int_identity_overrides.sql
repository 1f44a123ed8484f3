with

overrides as (
    {{ folder_seed('identity_overrides', and_shipped=true) }}
),

records as (
    select * from {{ ref('int_customer_records') }}
),

named as (
    select
        {{ record_id('source_1', 'customer_id_1') }} as one_record_id,
        {{ record_id('source_2', 'customer_id_2') }} as other_record_id,
        decision,
        decided_by,
        decided_at,
        reason
    from overrides
),

-- The pair in one order, so that it does not matter in which it was written.
ordered as (
    select
        case
            when {{ binary_order('one_record_id') }} < {{ binary_order('other_record_id') }} then one_record_id
            else other_record_id
        end as record_id_1,
        case
            when {{ binary_order('one_record_id') }} < {{ binary_order('other_record_id') }} then other_record_id
            else one_record_id
        end as record_id_2,
        decision,
        decided_by,
        decided_at,
        reason
    from named
),

ranked as (
    select
        *,
        row_number() over (
            partition by record_id_1, record_id_2, decision
            order by {{ binary_order('decided_at') }} desc, decided_by, reason
        ) as newest
    from ordered
),

-- Only what is known on the as-of date can be linked or kept apart; a person and an organisation are never one.
final as (
    select
        ranked.record_id_1,
        ranked.record_id_2,
        ranked.decision,
        ranked.decided_by,
        ranked.decided_at,
        ranked.reason
    from ranked
    inner join records as records_1
        on ranked.record_id_1 = records_1.record_id
    inner join records as records_2
        on ranked.record_id_2 = records_2.record_id
    where
        ranked.newest = 1
        and ranked.record_id_1 <> ranked.record_id_2
        and (ranked.decision <> 'must_link' or records_1.entity_kind = records_2.entity_kind)
)

select * from final
