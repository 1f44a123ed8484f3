{# The blocking keys of nodes by these rules: rule_no, node_no, block_no; a row for each node and rule that has a key there. #}
{% macro identity_blocking_keys(nodes, rules) -%}
    {%- for kind, rules_of_kind in rules | groupby('entity_kind') %}
    {{ 'union all' if not loop.first }}
    select
        keys.rule_no,
        nodes.node_no,
        {{ hash_number("keys.block_key", "keys.rule_no") }} as block_no
    from {{ nodes }} as nodes
    cross join lateral (
        values
        {%- for rule in rules_of_kind %}
        ({{ rule.rule_no }}, {{ rule.block_key }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as keys (rule_no, block_key)
    where
        nodes.entity_kind = '{{ kind }}'
        and keys.block_key is not null
    {%- else %}
    select
        0 as rule_no,
        nodes.node_no,
        nodes.node_no as block_no
    from {{ nodes }} as nodes
    where false
    {%- endfor %}
{%- endmacro %}
