{# The period of cohorts, month or week: a word. It names columns, so it is known when a model is compiled. #}
{% macro cohort_period() -%}
    {%- set period = var('cohort_period') -%}
    {%- if period not in ('month', 'week') -%}
        {{ exceptions.raise_compiler_error("cohort_period must be month or week, not '" ~ period ~ "'") }}
    {%- endif -%}
    {{ return(period) }}
{%- endmacro %}
