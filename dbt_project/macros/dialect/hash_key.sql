{# An integer key from 0 to 2^53 - 1, which spreadsheets and JSON hold without loss: the first 53 bits of the
   surrogate key of the columns. #}
{% macro hash_key(columns) -%}
    {{ return(adapter.dispatch('hash_key', 'customer360')(columns)) }}
{%- endmacro %}

{% macro postgres__hash_key(columns) -%}
    cast(cast('x' || left({{ dbt_utils.generate_surrogate_key(columns) }}, 14) as bit(56)) as bigint) >> 3
{%- endmacro %}
