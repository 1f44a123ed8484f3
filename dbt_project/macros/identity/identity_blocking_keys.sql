{# The blocking keys of nodes, by the seed of blocking rules: a row for each node and rule that has a key there. #}
{% macro identity_blocking_keys(nodes) -%}
    {%- for kind in identity_kinds() %}
    {%- set rules = identity_seed_rows(ref('identity_blocking'), kind, 'rule') %}
    select
        keys.rule,
        keys.pairs_per_record,
        nodes.node_no,
        {{ hash_number("'" ~ kind ~ "' || keys.rule || keys.block_key") }} as block_no
    from {{ nodes }} as nodes
    cross join lateral (
        values
        {%- for rule in rules %}
        ('{{ rule["rule"] }}', {{ rule['pairs_per_record'] }}, {{ rule['block_key'] }}){{ ',' if not loop.last }}
        {%- else %}
        ('', 0, '')
        {%- endfor %}
    ) as keys (rule, pairs_per_record, block_key)
    where
        nodes.entity_kind = '{{ kind }}'
        and keys.block_key is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
