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
    rule,
    100.0 * faulty_rows / staged_rows as percent
from {{ ref('int_data_faults') }}
where
    entity = 'orders'
    and rule in ('status_unknown', 'exchange_rate_missing')
