{# A table expression with one row for each integer from 0 to the last; its column is `month_number`. #}
{% macro integers_to(last_number) -%}
    {{ return(adapter.dispatch('integers_to', 'customer360')(last_number)) }}
{%- endmacro %}

{% macro postgres__integers_to(last_number) -%}
    (select numbers.number as month_number from generate_series(0, {{ last_number }}) as numbers (number))
{%- endmacro %}
