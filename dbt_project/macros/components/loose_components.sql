{# Large components in which less than half of all pairs are edges. What many links hold together is one, however large: one
   customer with hundreds of records is not a chain of neighbours. #}
{% macro loose_components(edges, components, largest) -%}
    select large.component
    from (
        {{ large_components(components, largest) }}
    ) as large
    inner join {{ components }} as members
        on large.component = members.component
    inner join {{ edges }} as edges
        on members.node = edges.node_1
    group by large.component, large.nodes
    having count(*) < large.nodes * (large.nodes - 1) / 4
{%- endmacro %}
