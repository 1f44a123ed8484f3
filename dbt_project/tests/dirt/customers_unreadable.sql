{{ config(
    fail_calc='coalesce(cast(ceil(max(percent)) as integer), 0)',
    warn_if='>25',
    error_if='>100',
    store_failures=false
) }}

-- Fails if many values of a column of customers cannot be read, because the column may be mapped to the wrong field.

select
    source,
    rule,
    100.0 * faulty_rows / staged_rows as percent
from {{ ref('int_data_faults') }}
where
    entity = 'customers'
    and rule in (
        'email_invalid', 'phone_invalid', 'birth_date_unreadable', 'created_at_unreadable', 'updated_at_unreadable'
    )
