{# Finds the connected components of the graph whose edges (node_1, node_2) a query gives, by working tables beside
   `target`. Returns a query of (node, component), the working tables that it reads, and the number of rounds.

   In a round every node points to its smallest neighbour, so that trees of two nodes or more arise; pointers are
   followed to the root of each tree; and each tree becomes one node of the next round's graph. So a round leaves half
   of the nodes at most, whatever the graph: a chain of 10,000 needs at most 14 rounds. Nodes are first renumbered by
   a hash: along a chain in the order of its numbers the tree would be as deep as the chain is long, which takes many
   passes over all nodes to follow; in an order without meaning trees are a few nodes deep. #}
{% macro find_components(edges_query, target) -%}
    {%- set given = working_relation(target, 'given') -%}
    {%- set numbered = working_relation(target, 'nodes') -%}
    {%- set edges = working_relation(target, 'edges_1') -%}
    {%- do make_working_table(given, edges_query) -%}
    {%- do make_working_table(numbered, number_nodes(given)) -%}
    {%- do make_working_table(edges, number_edges(given, numbered)) -%}
    {%- set found = find_roots(edges, target, 1) -%}
    {%- do drop_working_table(edges) -%}
    {{ return({
        'query': name_components(given, numbered, found['roots']),
        'working_tables': [given, numbered, found['roots']],
        'rounds': found['rounds'],
    }) }}
{%- endmacro %}
