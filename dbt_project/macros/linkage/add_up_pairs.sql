{# The pairs of clusters after some were joined, with the sum and the number of the weights between them. #}
{% macro add_up_pairs(pairs, joined) -%}
    select
        least(coalesce(joined_1.kept, pairs.node_1), coalesce(joined_2.kept, pairs.node_2)) as node_1,
        greatest(coalesce(joined_1.kept, pairs.node_1), coalesce(joined_2.kept, pairs.node_2)) as node_2,
        sum(pairs.weight) as weight,
        sum(pairs.pairs) as pairs
    from {{ pairs }} as pairs
    left join {{ joined }} as joined_1
        on pairs.node_1 = joined_1.gone
    left join {{ joined }} as joined_2
        on pairs.node_2 = joined_2.gone
    where coalesce(joined_1.kept, pairs.node_1) <> coalesce(joined_2.kept, pairs.node_2)
    group by 1, 2
{%- endmacro %}
