{# The separator of a numeric date that starts with a day or a month (3/12/2024, 03-12-24, 3.12.2024, 3 12 2024), else ''. #}
{% macro date_separator(column) -%}
    {{ return(adapter.dispatch('date_separator', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__date_separator(column) -%}
    coalesce(substring({{ column }} from '^\s*[0-9]{1,2}\s*([/. -])\s*[0-9]{1,2}\s*[/., -]'), '')
{%- endmacro %}
