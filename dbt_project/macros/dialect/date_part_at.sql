{# The first, the second or the third number of a numeric date, as an integer. #}
{% macro date_part_at(column, position) -%}
    {{ return(adapter.dispatch('date_part_at', 'customer360')(column, position)) }}
{%- endmacro %}

{% macro postgres__date_part_at(column, position) -%}
    {%- if position == 1 -%}
        cast(substring({{ column }} from '^\s*([0-9]{1,2})\s*[/. -]') as integer)
    {%- elif position == 2 -%}
        cast(substring({{ column }} from '^\s*[0-9]{1,2}\s*[/. -]\s*([0-9]{1,2})\s*[/., -]') as integer)
    {%- else -%}
        cast(substring({{ column }} from '^\s*[0-9]{1,2}\s*[/. -]\s*[0-9]{1,2}\s*[/., -]\s*([0-9]{2,4})') as integer)
    {%- endif -%}
{%- endmacro %}
