{# In how many records a value occurs; of those that say the same in everything at most ten count. #}
{% macro identity_frequency(column) -%}
    cast(
        case when {{ column }} is not null then sum(least(records, 10)) over (partition by entity_kind, {{ column }}) end
        as double precision
    )
{%- endmacro %}
