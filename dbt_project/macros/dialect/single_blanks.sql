{# Runs of white space as one blank. #}
{% macro single_blanks(expression) -%}
    {{ return(adapter.dispatch('single_blanks', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__single_blanks(expression) -%}
    regexp_replace({{ expression }}, '\s+', ' ', 'g')
{%- endmacro %}
