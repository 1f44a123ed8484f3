{# A text as a 64-bit integer, narrower to join by than the text itself. #}
{% macro hash_number(expression) -%}
    {{ return(adapter.dispatch('hash_number', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__hash_number(expression) -%}
    hashtextextended({{ expression }}, 0)
{%- endmacro %}
