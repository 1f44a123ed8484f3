{# The logarithm to base 2 of a number above zero. #}
{% macro bits(expression) -%}
    {{ return(adapter.dispatch('bits', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__bits(expression) -%}
    ln(cast({{ expression }} as double precision)) / ln(2.0::double precision)
{%- endmacro %}
