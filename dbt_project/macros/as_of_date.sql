{# The as-of date asked for, as an SQL literal, or a typed null. The variable wins over the environment. #}
{% macro as_of_date() -%}
    {%- set asked_for = var('as_of_date', none) or env_var('C360_AS_OF', '') -%}
    {%- if asked_for -%}
        {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', asked_for | string) -%}
            {{ exceptions.raise_compiler_error("as_of_date must be a day such as 2026-06-30, not '" ~ asked_for ~ "'") }}
        {%- endif -%}
        cast('{{ asked_for }}' as date)
    {%- else -%}
        cast(null as date)
    {%- endif -%}
{%- endmacro %}
