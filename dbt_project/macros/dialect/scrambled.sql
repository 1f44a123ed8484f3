{# A whole number as something that sorts in an order of no meaning, the same each time; not unique. #}
{% macro scrambled(number) -%}
    {{ return(adapter.dispatch('scrambled', 'customer360')(number)) }}
{%- endmacro %}

{% macro default__scrambled(number) -%}
    {{ dbt.hash(number) }}
{%- endmacro %}

{% macro postgres__scrambled(number) -%}
    hashint8({{ number }})
{%- endmacro %}
