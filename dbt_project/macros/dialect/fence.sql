{# Ends a sub-query whose expressions are to be evaluated once a row: the planner would pull it up, and evaluate them once a
   mention. #}
{% macro fence() -%}
    {{ return(adapter.dispatch('fence', 'customer360')()) }}
{%- endmacro %}

{% macro default__fence() -%}{%- endmacro %}

{# As text, not as a number, which the planner would not see through in time, and give up parallel work. #}
{% macro postgres__fence() -%}
    offset '0' -- noqa: AM09
{%- endmacro %}
