-- Fails if records that must be linked are two customers, or records that must never be linked are one, because what a
-- person decided stands above every rule and score.

select
    overrides.record_id_1,
    overrides.record_id_2,
    overrides.decision
from {{ ref('int_identity_overrides') }} as overrides
inner join {{ ref('int_customer_identity') }} as identity_1
    on overrides.record_id_1 = identity_1.record_id
inner join {{ ref('int_customer_identity') }} as identity_2
    on overrides.record_id_2 = identity_2.record_id
where (overrides.decision = 'must_link') <> (identity_1.customer_key = identity_2.customer_key)
