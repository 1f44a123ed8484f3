{# A day plus a number of days; negative numbers go back. #}
{% macro add_days(day, number_of_days) -%}
    {{ return(adapter.dispatch('add_days', 'customer360')(day, number_of_days)) }}
{%- endmacro %}

{% macro default__add_days(day, number_of_days) -%}
    {{ day }} + cast({{ number_of_days }} as integer)
{%- endmacro %}
