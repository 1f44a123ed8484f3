{# Several texts as one 64-bit integer; nulls and empty texts differ. #}
{% macro hash_row(columns) -%}
    {{ return(adapter.dispatch('hash_row', 'customer360')(columns)) }}
{%- endmacro %}

{% macro postgres__hash_row(columns) -%}
    {{ hash_number("cast(jsonb_build_array(" ~ columns | join(', ') ~ ") as text)") }}
{%- endmacro %}
