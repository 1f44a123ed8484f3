{{ config(
    fail_calc='coalesce(cast(ceil(max(percent)) as integer), 0)',
    warn_if='>0',
    error_if='>50',
    store_failures=false
) }}

-- Fails if many orders have a currency without a rate or a status that the seed lacks, because their money is left out
-- or guessed.

select
    source,
    field,
    100.0 * sum(faulty_records) / sum(records) as percent
from {{ ref('data_quality_summary') }}
where
    entity = 'orders'
    and rule = 'unknown'
group by source, field
