{# The first or the last name in a full name: "Last, First" by its comma, else the first word and the rest. #}
{% macro name_part(column, part) -%}
    {{ return(adapter.dispatch('name_part', 'customer360')(column, part)) }}
{%- endmacro %}

{% macro postgres__name_part(column, part) -%}
    {%- if part == 'first' -%}
        case
            when {{ column }} like '%,%' then nullif(btrim(split_part({{ column }}, ',', 2)), '')
            else split_part({{ column }}, ' ', 1)
        end
    {%- else -%}
        case
            when {{ column }} like '%,%' then nullif(btrim(split_part({{ column }}, ',', 1)), '')
            else substring({{ column }} from ' (.+)$')
        end
    {%- endif -%}
{%- endmacro %}
