{# A table expression that reads the row beside it: the parts of a text between bars (a|b|c), one row each. #}
{% macro split_rows(column) -%}
    {{ return(adapter.dispatch('split_rows', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__split_rows(column) -%}
    unnest(string_to_array({{ column }}, '|'))
{%- endmacro %}
