{# Whole calendar months from one day's month to another's: 0 within a month, 1 for the next one. #}
{% macro months_between(first_day, last_day) -%}
    {{ return(adapter.dispatch('months_between', 'customer360')(first_day, last_day)) }}
{%- endmacro %}

{% macro postgres__months_between(first_day, last_day) -%}
    cast(
        (extract(year from {{ last_day }}) - extract(year from {{ first_day }})) * 12
        + extract(month from {{ last_day }}) - extract(month from {{ first_day }})
        as integer
    )
{%- endmacro %}
