-- depends_on: {{ ref('identity_comparisons') }}
{%- set fields = identity_frequency_fields() %}
with

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

said as (
    select
        nodes.entity_kind,
        said.value_no,
        least(nodes.records, 10) as records
    from nodes
    cross join lateral (
        values
        {%- for field in fields %}
        ({{ identity_value_number(field, 'nodes.' ~ field) }}){{ ',' if not loop.last }}
        {%- else %}
        (cast(null as bigint))
        {%- endfor %}
    ) as said (value_no)
    where said.value_no is not null
),

frequencies as (
    select
        entity_kind,
        value_no,
        cast(sum(records) as double precision) as records
    from said
    group by entity_kind, value_no
    having sum(records) > 1
)

select * from frequencies
