{# The rows of an identity seed for one kind of entity, as read from the warehouse while a model is compiled: the rules
   and levels of identity resolution become SQL here. Empty while dbt only parses. #}
{% macro identity_seed_rows(seed, entity_kind, order_by='') -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select * from " ~ seed ~ " where entity_kind = '" ~ entity_kind ~ "'" ~ (" order by " ~ order_by if order_by)
        ) -%}
        {{ return(found.rows) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro %}
