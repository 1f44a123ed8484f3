{# Makes a table of the label of every node of these edges and the label that its component shares: label, root.
   Returns the table and the number of rounds, this one and those after it. #}
{% macro find_roots(edges, target, round_number) -%}
    {%- set neighbours = working_relation(target, 'roots_' ~ round_number) -%}
    {%- set contracted = working_relation(target, 'edges_' ~ (round_number + 1)) -%}
    {%- do make_working_table(neighbours, point_to_neighbours(edges)) -%}
    {%- set roots = follow_pointers(neighbours, target, round_number, 1) -%}
    {%- do make_working_table(contracted, contract_edges(edges, roots)) -%}
    {%- set found = {'roots': roots, 'rounds': 1} -%}
    {%- if count_rows(contracted) -%}
        {%- set later = find_roots(contracted, target, round_number + 1) -%}
        {%- set whole = working_relation(target, 'whole_' ~ round_number) -%}
        {%- do make_working_table(whole, compose_roots(roots, later['roots'])) -%}
        {%- do drop_working_table(later['roots']) -%}
        {%- do drop_working_table(roots) -%}
        {%- do found.update(roots=whole, rounds=later['rounds'] + 1) -%}
    {%- endif -%}
    {%- do drop_working_table(contracted) -%}
    {{ return(found) }}
{%- endmacro %}
