{# Days from one day to a later one, as an integer. #}
{% macro days_since(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_since', 'customer360')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__days_since(first_day, last_day) -%}
    ({{ last_day }} - {{ first_day }})
{%- endmacro %}
