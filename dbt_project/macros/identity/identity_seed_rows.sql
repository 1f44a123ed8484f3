{# The rows of an identity seed, as read from the warehouse while a model is compiled: the rules and levels of identity
   resolution become SQL here. A dict of lists of rows by kind of entity. Empty lists while dbt only parses. #}
{% macro identity_seed_rows(seed, columns, order_by) -%}
    {%- set rows = {} -%}
    {%- for kind in identity_kinds() -%}
        {%- do rows.update({kind: []}) -%}
    {%- endfor -%}
    {%- if execute -%}
        {%- for row in run_query("select entity_kind, " ~ columns ~ " from " ~ seed ~ " order by " ~ order_by).rows -%}
            {%- do rows[row['entity_kind']].append(row) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}
