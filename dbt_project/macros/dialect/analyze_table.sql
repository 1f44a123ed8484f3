{# Gathers the planner's statistics after a table is built; a view has none of its own. #}
{% macro analyze_table(relation) -%}
    {{ return(adapter.dispatch('analyze_table', 'customer360')(relation)) }}
{%- endmacro %}

{% macro default__analyze_table(relation) -%}{%- endmacro %}

{% macro postgres__analyze_table(relation) -%}
    {% if config.get('materialized') == 'table' %}analyze {{ relation }}{% endif %}
{%- endmacro %}
