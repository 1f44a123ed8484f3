{# Makes a table from a query, anew, with as little ceremony as the engine knows. #}
{% macro make_working_table(relation, query) -%}
    {{ return(adapter.dispatch('make_working_table', 'customer360')(relation, query)) }}
{%- endmacro %}

{% macro default__make_working_table(relation, query) -%}
    {%- do drop_working_table(relation) -%}
    {%- do run_query('create table ' ~ relation ~ ' as ' ~ query) -%}
{%- endmacro %}

{# Without the write-ahead log, and in one statement, since each costs a round trip. #}
{% macro postgres__make_working_table(relation, query) -%}
    {%- do run_query('drop table if exists ' ~ relation ~ '; create unlogged table ' ~ relation ~ ' as ' ~ query) -%}
{%- endmacro %}
