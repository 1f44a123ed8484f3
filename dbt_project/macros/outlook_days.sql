{# How many days ahead customers are looked at: the prediction horizons and the window of churn, ascending. #}
{% macro outlook_days() -%}
    {{ return((horizons_days() + [var('churn_window_days')]) | unique | sort) }}
{%- endmacro %}
