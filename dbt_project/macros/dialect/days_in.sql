{# A table expression with one row for each day from the first to the last, both included; its column is `day`. #}
{% macro days_in(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_in', 'customer360')(first_day, last_day)) }}
{%- endmacro %}

{% macro postgres__days_in(first_day, last_day) -%}
    (
        select cast(days.day as date) as day
        from generate_series(cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval '1 day') as days (day)
    )
{%- endmacro %}
