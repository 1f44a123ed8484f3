{# For tests and benchmarks: the components of a table of edges, outside of a model.
   dbt run-operation components_of_table --args "{schema: intermediate, edges: edges, into: components}" #}
{% macro components_of_table(schema, edges, into) -%}
    {%- set made = api.Relation.create(database=target.dbname, schema=schema, identifier=into, type='table') -%}
    {%- set found = find_components('select node_1, node_2 from ' ~ schema ~ '.' ~ edges, made) -%}
    {%- do make_working_table(made, found['query']) -%}
    {%- for relation in found['working_tables'] -%}
        {%- do drop_working_table(relation) -%}
    {%- endfor -%}
    {{ log(into ~ ': ' ~ found['rounds'] ~ ' rounds', info=true) }}
{%- endmacro %}
