{# The day, in UTC, of a timestamp with time zone. #}
{% macro utc_date(expression) -%}
    {{ return(adapter.dispatch('utc_date', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__utc_date(expression) -%}
    cast({{ expression }} at time zone 'UTC' as date)
{%- endmacro %}
