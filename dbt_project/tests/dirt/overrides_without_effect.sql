{{ config(severity='warn') }}

-- Warns of decisions about a record that is not known on the as-of date, and of must-links between a person and an
-- organisation, because a slip in an id makes a decision useless without a sign.

select
    overrides.source_1,
    overrides.customer_id_1,
    overrides.source_2,
    overrides.customer_id_2,
    overrides.decision,
    case
        when records_1.record_id is null then 'no record ' || overrides.source_1 || ':' || overrides.customer_id_1
        when records_2.record_id is null then 'no record ' || overrides.source_2 || ':' || overrides.customer_id_2
        else 'a person and an organisation'
    end as why
from ({{ folder_seed('identity_overrides', and_shipped=true) }}) as overrides
left join {{ ref('int_customer_records') }} as records_1
    on {{ record_id('overrides.source_1', 'overrides.customer_id_1') }} = records_1.record_id
left join {{ ref('int_customer_records') }} as records_2
    on {{ record_id('overrides.source_2', 'overrides.customer_id_2') }} = records_2.record_id
where
    records_1.record_id is null
    or records_2.record_id is null
    or (overrides.decision = 'must_link' and records_1.entity_kind <> records_2.entity_kind)
