{# The edges between different trees, with each tree as one node: the label of its root. #}
{% macro contract_edges(edges, roots) -%}
    select distinct
        least(roots_1.root, roots_2.root) as label_1,
        greatest(roots_1.root, roots_2.root) as label_2
    from {{ edges }} as edges
    inner join {{ roots }} as roots_1
        on edges.label_1 = roots_1.label
    inner join {{ roots }} as roots_2
        on edges.label_2 = roots_2.label
    where roots_1.root <> roots_2.root
{%- endmacro %}
