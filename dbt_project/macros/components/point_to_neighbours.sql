{# Every label of the edges with its smallest neighbour: label, root. #}
{% macro point_to_neighbours(edges) -%}
    select
        label,
        min(neighbour) as root
    from (
        select label_1 as label, label_2 as neighbour from {{ edges }}
        union all
        select label_2 as label, label_1 as neighbour from {{ edges }}
    ) as neighbours
    group by label
{%- endmacro %}
