{# Cuts the components in the table `target` (node, component) that have more nodes than `largest` and hang together loosely:
   their weakest edges are left out, two bits at a time, until all fall into smaller ones, or hang together closely, or the
   edges that are left are strong. The query gives the edges with a weight (node_1, node_2, weight) of at least `weakest`.
   Returns the number of cuts. #}
{% macro cut_components(edges_query, target, largest, weakest) -%}
    {%- set given = working_relation(target, 'weighed') -%}
    {%- set kept = working_relation(target, 'kept') -%}
    {%- set loose = '(' ~ loose_components(given, target, largest) ~ ')' -%}
    {%- set state = namespace(cuts=0, is_done=false) -%}
    {%- if count_rows('(' ~ large_components(target, largest) ~ ') as large') -%}
        {%- do make_working_table(given, edges_query) -%}
        {%- for step in range(1, 13) if not state.is_done -%}
            {%- if count_rows(loose ~ ' as loose') -%}
                {%- do make_working_table(kept, keep_strong_edges(given, target, loose, weakest + 2 * step)) -%}
                {%- do make_working_table(given, 'select * from ' ~ kept) -%}
                {%- set found = find_components('select node_1, node_2 from ' ~ given, target) -%}
                {%- do make_working_table(target, found['query']) -%}
                {%- for relation in found['working_tables'] -%}
                    {%- do drop_working_table(relation) -%}
                {%- endfor -%}
                {%- set state.cuts = step -%}
            {%- else -%}
                {%- set state.is_done = true -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do drop_working_table(given) -%}
        {%- do drop_working_table(kept) -%}
    {%- endif -%}
    {{ return(state.cuts) }}
{%- endmacro %}
