{# Whole calendar months, or weeks that begin on a Monday, from one day's to another's: 0 within one, 1 for the next. #}
{% macro periods_between(period, first_day, last_day) -%}
    {%- if period == 'month' -%}
        {{ months_between(first_day, last_day) }}
    {%- else -%}
        {%- set first_monday = 'cast(' ~ dbt.date_trunc('week', first_day) ~ ' as date)' -%}
        {%- set last_monday = 'cast(' ~ dbt.date_trunc('week', last_day) ~ ' as date)' -%}
        cast({{ days_since(first_monday, last_monday) }} / 7 as integer)
    {%- endif -%}
{%- endmacro %}
