{# What is left of personal data: of a text its first character, and of an e-mail address also where it is; of a day the
   year; of anything else nothing. #}
{% macro masked(column, data_type) -%}
    {{ return(adapter.dispatch('masked', 'customer360')(column, data_type)) }}
{%- endmacro %}

{% macro postgres__masked(column, data_type) -%}
    {%- if data_type == 'text' -%}
        regexp_replace({{ column }}, '^(.).*?(@[^@]*)?$', '\1***\2')
    {%- elif data_type == 'date' -%}
        cast({{ dbt.date_trunc('year', column) }} as date)
    {%- else -%}
        cast(null as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
