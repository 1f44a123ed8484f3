{# A text as a 64-bit integer, narrower to join by than the text itself; another salt, a whole number, gives others. #}
{% macro hash_number(expression, salt=0) -%}
    {{ return(adapter.dispatch('hash_number', 'customer360')(expression, salt)) }}
{%- endmacro %}

{% macro postgres__hash_number(expression, salt) -%}
    hashtextextended({{ expression }}, {{ salt }})
{%- endmacro %}
