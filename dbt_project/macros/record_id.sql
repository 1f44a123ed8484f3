{# The name of a source record, unique over all sources. A source's name holds no colon, so this never clashes. #}
{% macro record_id(source, customer_id) -%}
    {{ source }} || ':' || {{ customer_id }}
{%- endmacro %}
