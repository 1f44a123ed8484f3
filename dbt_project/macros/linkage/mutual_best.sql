{# Pairs of clusters that are each other's best: kept (the smaller) and gone. #}
{% macro mutual_best(pairs) -%}
    with

    sided as (
        select node_1 as node, node_2 as other, cast(weight as double precision) / pairs as mean_weight from {{ pairs }}
        where weight >= 0
        union all
        select node_2 as node, node_1 as other, cast(weight as double precision) / pairs as mean_weight from {{ pairs }}
        where weight >= 0
    ),

    best as (
        select distinct on (node) node, other
        from sided
        order by node, mean_weight desc, other
    )

    select
        best.node as kept,
        best.other as gone
    from best
    inner join best as back
        on best.other = back.node and best.node = back.other
    where best.node < best.other
{%- endmacro %}
