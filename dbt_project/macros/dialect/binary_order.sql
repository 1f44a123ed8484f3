{# Orders text by its bytes, so that the order is the same on every server, whatever its locale. #}
{% macro binary_order(column) -%}
    {{ return(adapter.dispatch('binary_order', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__binary_order(column) -%}
    {{ column }}
{%- endmacro %}

{% macro postgres__binary_order(column) -%}
    {{ column }} collate "C"
{%- endmacro %}
