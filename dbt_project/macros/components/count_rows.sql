{# How many rows a table has that meet a condition. #}
{% macro count_rows(relation, condition='true') -%}
    {{ return(run_query('select count(*) from ' ~ relation ~ ' where ' ~ condition).columns[0].values()[0] | int) }}
{%- endmacro %}
