{# Makes the table `target` (node, cluster) from a query of weighted pairs (node_1, node_2, weight); returns the number of
   rounds. Each round works on what the last one left: pairs of clusters with the sum and the number of the weights
   between them. Groups in which nothing can be joined any more drop out. #}
{% macro link_by_average(pairs_query, target) -%}
    {%- set clusters = working_relation(target, 'clusters') -%}
    {%- set state = namespace(round=0, pairs=working_relation(target, 'pairs_0')) -%}
    {%- do make_working_table(state.pairs, 'select node_1, node_2, sum(weight) as weight, count(*) as pairs from (' ~ pairs_query ~ ') as given group by node_1, node_2') -%}
    {%- do make_working_table(clusters, 'select node, node as cluster from (select node_1 as node from ' ~ state.pairs ~ ' union select node_2 from ' ~ state.pairs ~ ') as nodes') -%}
    {%- for step in range(1000) if state.round >= 0 -%}
        {%- set joined = working_relation(target, 'joined') -%}
        {%- do make_working_table(joined, mutual_best(state.pairs)) -%}
        {%- if not count_rows(joined) -%}
            {%- do drop_working_table(joined) -%}
            {%- set state.round = -1 -%}
        {%- else -%}
            {%- set next = working_relation(target, 'pairs_' ~ (step + 1) % 2) -%}
            {%- set renamed = working_relation(target, 'renamed') -%}
            {%- do make_working_table(renamed, rename_clusters(clusters, joined)) -%}
            {%- do drop_working_table(clusters) -%}
            {%- do run_query('alter table ' ~ renamed ~ ' rename to ' ~ clusters.identifier) -%}
            {%- do make_working_table(next, add_up_pairs(state.pairs, joined)) -%}
            {%- do drop_working_table(state.pairs) -%}
            {%- set state.pairs = next -%}
            {%- set state.round = step + 1 -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do drop_working_table(state.pairs) -%}
    {%- do make_working_table(target, 'select node, cluster from ' ~ clusters) -%}
    {%- do drop_working_table(clusters) -%}
{%- endmacro %}
