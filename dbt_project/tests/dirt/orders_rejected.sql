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
    100.0 * count(rejected_reason) / count(*) as percent
from {{ ref('stg_orders') }}
group by source
