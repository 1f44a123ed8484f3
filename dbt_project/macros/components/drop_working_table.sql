{# Drops a table that was needed on the way. #}
{% macro drop_working_table(relation) -%}
    {%- do run_query('drop table if exists ' ~ relation) -%}
{%- endmacro %}
