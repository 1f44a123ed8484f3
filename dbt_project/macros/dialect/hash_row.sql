{# Several columns as one 64-bit integer; nulls and empty texts differ. #}
{% macro hash_row(columns) -%}
    {{ return(adapter.dispatch('hash_row', 'customer360')(columns)) }}
{%- endmacro %}

{% macro postgres__hash_row(columns) -%}
    hash_record_extended(row({{ columns | join(', ') }}), 0)
{%- endmacro %}
