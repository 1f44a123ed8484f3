{# How many groups of three letters a text has. #}
{% macro gram_count(column) -%}
    {{ return(adapter.dispatch('gram_count', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__gram_count(column) -%}
    cardinality(show_trgm({{ column }}))
{%- endmacro %}
