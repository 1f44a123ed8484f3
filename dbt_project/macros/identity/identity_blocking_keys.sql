{# The blocking keys of nodes, by the seed of blocking rules: a row for each node and rule that has a key there. Rules are
   numbered as in identity_blocking_rules. A key may ask for nodes_of_kind. #}
{% macro identity_blocking_keys(nodes, populations) -%}
    {%- set rows = identity_seed_rows(ref('identity_blocking'), 'rule, block_key, pairs_per_record', 'entity_kind, rule') -%}
    {%- set before = namespace(rules=0) -%}
    {%- for kind in identity_kinds() %}
    select
        keys.rule_no,
        nodes.node_no,
        {{ hash_number("keys.block_key", "keys.rule_no") }} as block_no
    from {{ nodes }} as nodes
    inner join {{ populations }} as populations
        on nodes.entity_kind = populations.entity_kind
    cross join lateral (
        values
        {%- for rule in rows[kind] %}
        ({{ before.rules + loop.index }}, {{ rule['block_key'] }}){{ ',' if not loop.last }}
        {%- else %}
        (0, '')
        {%- endfor %}
    ) as keys (rule_no, block_key)
    where
        nodes.entity_kind = '{{ kind }}'
        and keys.block_key is not null
    {{ 'union all' if not loop.last }}
    {%- set before.rules = before.rules + rows[kind] | length -%}
    {%- endfor %}
{%- endmacro %}
