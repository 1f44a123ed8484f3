{# Whether a text is a numeric date whose day and month cannot be told apart by themselves (03/04/2024). #}
{% macro is_ambiguous_date(column) -%}
    {{ return(adapter.dispatch('is_ambiguous_date', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__is_ambiguous_date(column) -%}
    coalesce({{ column }} ~ '^\s*(0?[1-9]|1[0-2])\s*[/. -]\s*(0?[1-9]|1[0-2])\s*[/., -]\s*([0-9]{4}|[0-9]{2})(?![0-9])', false)
{%- endmacro %}
