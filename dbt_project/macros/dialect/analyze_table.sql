{# Gathers the planner's statistics after a table is built. A view has none of its own, and the base models are only
   read from one end to the other. #}
{% macro analyze_table(relation) -%}
    {{ return(adapter.dispatch('analyze_table', 'customer360')(relation)) }}
{%- endmacro %}

{% macro default__analyze_table(relation) -%}{%- endmacro %}

{% macro postgres__analyze_table(relation) -%}
    {% if config.get('materialized') in ['table', 'seed'] and not relation.identifier.startswith('base_') %}analyze {{ relation }}{% endif %}
{%- endmacro %}
