{# The name of a table that a materialisation needs on the way, beside its target. #}
{% macro working_relation(target, what) -%}
    {{ return(api.Relation.create(
        database=target.database, schema=target.schema, identifier=target.identifier[:40] ~ '__' ~ what, type='table'
    )) }}
{%- endmacro %}
