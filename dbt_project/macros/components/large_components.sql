{# The components (node, component) with more nodes than `largest`: component, nodes. #}
{% macro large_components(components, largest) -%}
    select
        component,
        count(*) as nodes
    from {{ components }}
    group by component
    having count(*) > {{ largest }}
{%- endmacro %}
