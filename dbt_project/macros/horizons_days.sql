{# The prediction horizons in days, ascending, each once: a list of integers. They name columns, so they are known
   when a model is compiled. The variable wins over the environment. #}
{% macro horizons_days() -%}
    {%- set asked_for = var('horizons_days', none) or env_var('C360_HORIZONS_DAYS', '90,180,365') -%}
    {%- set words = asked_for.split(',') if asked_for is string else asked_for -%}
    {%- set days = [] -%}
    {%- for word in words -%}
        {%- set day = word | int -%}
        {%- if day < 1 -%}
            {{ exceptions.raise_compiler_error("horizons_days must be whole numbers above zero, not '" ~ asked_for ~ "'") }}
        {%- endif -%}
        {%- if day not in days -%}
            {%- do days.append(day) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(days | sort) }}
{%- endmacro %}
