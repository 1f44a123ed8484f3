{# The edges, but of components that are too large only those of that weight and above. #}
{% macro keep_strong_edges(edges, components, large, weight) -%}
    select edges.*
    from {{ edges }} as edges
    inner join {{ components }} as components
        on edges.node_1 = components.node
    left join {{ large }} as large
        on components.component = large.component
    where
        large.component is null
        or edges.weight >= {{ weight }}
{%- endmacro %}
