{#- Whole percent of the rows of the dirtiest source: a few rows are dirt, most of a source is a wrong mapping. -#}
{{ config(
    fail_calc='coalesce(cast(ceil(max(percent)) as integer), 0)',
    warn_if='>2',
    error_if='>50',
    store_failures=false
) }}

-- Fails if a large part of a source's orders is rejected, because then its revenue is not what its owner thinks.

select
    source,
    100.0 * sum(faulty_rows) / max(staged_rows) as percent
from {{ ref('int_data_faults') }}
where
    entity = 'orders'
    and rule in (
        'order_id_missing', 'ordered_at_missing', 'ordered_at_ambiguous', 'ordered_at_unreadable',
        'ordered_at_implausible', 'amount_missing', 'amount_unreadable', 'amount_implausible'
    )
group by source
