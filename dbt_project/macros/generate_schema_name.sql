{# Where each layer is built. Marts go where readers look (local), or beside it until their tests passed (pipeline);
   every other schema is named as configured. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name == 'marts' -%}
        {{ 'warehouse_next' if target.name == 'pipeline' else 'warehouse' }}
    {%- else -%}
        {{ custom_schema_name or target.schema }}
    {%- endif -%}
{%- endmacro %}
