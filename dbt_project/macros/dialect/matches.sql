{# Whether a text matches a regular expression; capitals count. Null where the text is. #}
{% macro matches(column, pattern) -%}
    {{ return(adapter.dispatch('matches', 'customer360')(column, pattern)) }}
{%- endmacro %}

{% macro postgres__matches(column, pattern) -%}
    {{ column }} ~ '{{ pattern }}'
{%- endmacro %}
