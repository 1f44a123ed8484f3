{#- For each staged table the rules' names, and the rows that break them: faults that a row shows by itself. -#}
{%- set rules = {
    'customers': {
        'email_invalid': 'email_unread is not null',
        'phone_invalid': 'phone_unread is not null',
        'birth_date_unreadable': 'birth_date_unread is not null',
        'created_at_unreadable': 'created_at_unread is not null',
        'updated_at_unreadable': 'updated_at_unread is not null',
        'email_placeholder': 'email_placeholder is not null',
        'phone_placeholder': 'phone_placeholder is not null',
        'email_missing': 'email is null and email_unread is null and email_placeholder is null',
        'phone_missing': 'phone is null and phone_unread is null and phone_placeholder is null',
    },
    'orders': {
        'order_id_missing': "rejected_reason = 'order_id_missing'",
        'ordered_at_missing': "rejected_reason = 'ordered_at_missing'",
        'ordered_at_ambiguous': "rejected_reason = 'ordered_at_ambiguous'",
        'ordered_at_unreadable': "rejected_reason = 'ordered_at_unreadable'",
        'ordered_at_implausible': "rejected_reason = 'ordered_at_implausible'",
        'amount_missing': "rejected_reason = 'amount_missing'",
        'amount_unreadable': "rejected_reason = 'amount_unreadable'",
        'amount_implausible': "rejected_reason = 'amount_implausible'",
        'refunded_amount_unreadable': 'refunded_amount_unread is not null',
        'email_invalid': 'email_unread is not null',
        'customer_unknown': 'rejected_reason is null and record_id is null',
    },
    'tickets': {
        'rejected': 'rejected_reason is not null',
        'closed_at_unreadable': 'closed_at_unread is not null',
        'satisfaction_unreadable': 'satisfaction_unread is not null',
    },
    'events': {
        'rejected': 'rejected_reason is not null',
    },
} -%}

with

{% for entity, conditions in rules.items() -%}
{{ entity }} as (
    select
        source,
        {% for rule, condition in conditions.items() -%}
        count(case when {{ condition }} then 1 end) as {{ rule }},
        {% endfor -%}
        count(*) as staged_rows
    from {{ ref('stg_' ~ entity) }}
    group by source
),

{% endfor -%}
-- Two faults show only once an order is valued.
valued_orders as (
    select
        source,
        count(case when not is_status_known then 1 end) as status_unknown,
        count(case when exchange_rate is null then 1 end) as exchange_rate_missing,
        count(*) as staged_rows
    from {{ ref('int_orders_valued') }}
    group by source
),

counted as (
    {% for entity, conditions in rules.items() -%}
    {% for rule in conditions -%}
    select
        source,
        '{{ entity }}' as entity,
        '{{ rule }}' as rule,
        {{ rule }} as faulty_rows,
        staged_rows
    from {{ entity }}

    union all

    {% endfor -%}
    {% endfor -%}
    {% for rule in ['status_unknown', 'exchange_rate_missing'] -%}
    select
        source,
        'orders' as entity,
        '{{ rule }}' as rule,
        {{ rule }} as faulty_rows,
        staged_rows
    from valued_orders
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}
)

select * from counted
