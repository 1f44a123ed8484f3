{# The edges between different nodes by their labels, each once, the smaller label first. #}
{% macro number_edges(given, numbered) -%}
    select distinct
        least(nodes_1.label, nodes_2.label) as label_1,
        greatest(nodes_1.label, nodes_2.label) as label_2
    from {{ given }} as given
    inner join {{ numbered }} as nodes_1
        on given.node_1 = nodes_1.node
    inner join {{ numbered }} as nodes_2
        on given.node_2 = nodes_2.node
    where given.node_1 <> given.node_2
{%- endmacro %}
