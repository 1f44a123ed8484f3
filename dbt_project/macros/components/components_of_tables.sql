{# For tests and benchmarks: the components of tables of edges, outside of a model; those of `edges` in
   `edges_components`, and the number of rounds in `edges_rounds`.
   dbt run-operation components_of_tables --args "{schema: intermediate, tables: [edges]}" #}
{% macro components_of_tables(schema, tables) -%}
    {%- for edges in tables -%}
        {%- set made = api.Relation.create(
            database=target.dbname, schema=schema, identifier=edges ~ '_components', type='table'
        ) -%}
        {%- set found = find_components('select node_1, node_2 from ' ~ schema ~ '.' ~ edges, made) -%}
        {%- do make_working_table(made, found['query']) -%}
        {%- for relation in found['working_tables'] -%}
            {%- do drop_working_table(relation) -%}
        {%- endfor -%}
        {%- set rounds = made.incorporate(path={'identifier': edges ~ '_rounds'}) -%}
        {%- do make_working_table(rounds, 'select ' ~ found['rounds'] ~ ' as rounds') -%}
    {%- endfor -%}
{%- endmacro %}
