{# Each word with a capital, the rest small. #}
{% macro capitalise(expression) -%}
    {{ return(adapter.dispatch('capitalise', 'customer360')(expression)) }}
{%- endmacro %}

{% macro default__capitalise(expression) -%}
    initcap({{ expression }})
{%- endmacro %}
