{# Every node given and the smallest node of its component, which names it. #}
{% macro name_components(given, numbered, roots) -%}
    select
        nodes.node,
        min(nodes.node) over (partition by roots.root) as component
    from {{ numbered }} as nodes
    inner join {{ roots }} as roots
        on nodes.label = roots.label

    union all

    select distinct
        given.node_1 as node,
        given.node_1 as component
    from {{ given }} as given
    left join {{ numbered }} as nodes
        on given.node_1 = nodes.node
    where
        given.node_1 = given.node_2
        and nodes.node is null
{%- endmacro %}
