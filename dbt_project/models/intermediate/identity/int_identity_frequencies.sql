-- depends_on: {{ ref('identity_comparisons') }}
-- depends_on: {{ ref('int_identity_nodes') }}
with

-- Field by field, so that the planner knows how many values there are.
counted as (
    {%- for field in identity_frequency_fields() %}
    {{ 'union all' if not loop.first }}
    select
        entity_kind,
        '{{ field }}' as field,
        {{ field }} as value,
        sum(cast(least(records, 10) as integer)) as records
    from {{ ref('int_identity_nodes') }}
    where {{ field }} is not null
    group by entity_kind, {{ field }}
    having sum(cast(least(records, 10) as integer)) > 1
    {%- else %}
    select
        cast(null as text) as entity_kind,
        cast(null as text) as field,
        cast(null as text) as value,
        0 as records
    where false
    {%- endfor %}
),

frequencies as (
    select
        entity_kind,
        {{ identity_value_number('field', 'value') }} as value_no,
        cast(records as double precision) as records
    from counted
)

select * from frequencies
