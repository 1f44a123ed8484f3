{# The nodes with an edge to another one, renumbered in an order that has nothing to do with the graph: node, label. #}
{% macro number_nodes(given) -%}
    select
        node,
        row_number() over (order by {{ scrambled('node') }}, node) as label
    from (
        select node_1 as node from {{ given }} where node_1 <> node_2
        union
        select node_2 as node from {{ given }} where node_1 <> node_2
    ) as nodes
{%- endmacro %}
