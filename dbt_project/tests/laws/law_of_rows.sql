-- Fails if a landed row is lost or doubled on its way through staging, because every row must be the newest visible
-- version of its id, an older one, later than the as-of date, or kept with a reason.
{%- set created_at -%}
case when {{ plausible('base.created_at') }} is not null then base.created_at else base.updated_at end
{%- endset -%}
{%- set staged = {
    'customers': ('customer_id', created_at),
    'orders': ('order_id', 'base.ordered_at'),
    'tickets': ('ticket_id', 'base.opened_at'),
    'events': ('event_id', 'base.occurred_at'),
} %}

with

settings as (
    select * from {{ ref('stg_run_settings') }}
),

{% for entity in ['customers', 'orders', 'order_lines', 'tickets', 'events'] -%}
{{ entity }}_landed as (
    select count(*) as landed from {{ source('raw', 'all_' ~ entity) }}
),

{{ entity }}_typed as (
    select count(*) as typed from {{ ref('base_' ~ entity) }}
),

{% endfor -%}
{% for entity, (id, day) in staged.items() -%}
{{ entity }}_expected as (
    select
        count(distinct base.source || ':' || base.{{ id }}) as ids,
        count(case when base.{{ id }} is null then 1 end) as without_id
    from {{ ref('base_' ~ entity) }} as base
    cross join settings
    where
        {{ day }} is null
        or cast({{ day }} as date) <= settings.as_of_date
),

{{ entity }}_staged as (
    select count(*) as staged from {{ ref('stg_' ~ entity) }}
),

{% endfor -%}
orders_counted as (
    select count(*) as counted from {{ ref('fct_orders') }}
),

orders_kept as (
    select count(case when rejected_reason is null then 1 end) as kept from {{ ref('stg_orders') }}
),

sums as (
    {% for entity in ['customers', 'orders', 'order_lines', 'tickets', 'events'] -%}
    select
        '{{ entity }} typed' as what,
        {{ entity }}_landed.landed as expected,
        {{ entity }}_typed.typed as found
    from {{ entity }}_landed
    cross join {{ entity }}_typed

    union all

    {% endfor -%}
    {% for entity in staged -%}
    select
        '{{ entity }} staged' as what,
        {{ entity }}_expected.ids{{ ' + ' ~ entity ~ '_expected.without_id' if entity != 'customers' }} as expected,
        {{ entity }}_staged.staged as found
    from {{ entity }}_expected
    cross join {{ entity }}_staged

    union all

    {% endfor -%}
    select
        'orders that count' as what,
        orders_kept.kept as expected,
        orders_counted.counted as found
    from orders_kept
    cross join orders_counted
)

select *
from sums
where expected <> found
