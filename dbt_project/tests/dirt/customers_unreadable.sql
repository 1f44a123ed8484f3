{{ config(
    fail_calc='coalesce(cast(ceil(max(percent)) as integer), 0)',
    warn_if='>25',
    error_if='>100',
    store_failures=false
) }}

-- Fails if many values of a column of customers cannot be read, because the column may be mapped to the wrong field.

select
    source,
    field,
    100.0 * sum(faulty_records) / sum(records) as percent
from {{ ref('data_quality_summary') }}
where
    entity = 'customers'
    and rule = 'unreadable'
    and field <> 'country'
group by source, field
