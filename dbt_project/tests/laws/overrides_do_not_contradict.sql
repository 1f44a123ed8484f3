-- Fails if two records that must never be linked are one customer by a chain of must-links, because no clustering could
-- do what these decisions ask for.

with recursive

overrides as (
    select * from {{ ref('int_identity_overrides') }}
),

must_links as (
    select
        record_id_1 as here,
        record_id_2 as there
    from overrides
    where decision = 'must_link'

    union all

    select
        record_id_2 as here,
        record_id_1 as there
    from overrides
    where decision = 'must_link'
),

reached as (
    select
        record_id_1 as started,
        record_id_1 as here
    from overrides
    where decision = 'never_link'

    union

    select
        reached.started,
        must_links.there as here
    from reached
    inner join must_links
        on reached.here = must_links.here
)

select
    overrides.record_id_1,
    overrides.record_id_2,
    overrides.decided_by,
    overrides.reason
from overrides
inner join reached
    on overrides.record_id_1 = reached.started and overrides.record_id_2 = reached.here
where overrides.decision = 'never_link'
