{# The nodes that share a key of these blocking rules: rule_no, nodes (how many) and members (their numbers in order), a row for each
   key that two or more have. Rule by rule, so that the planner knows how many keys there are; in order, because sorting is faster
   than hashing where most keys are of one node. #}
{% macro identity_blocks(nodes, rules) -%}
    {%- for rule in rules %}
    {{ 'union all' if not loop.first }}
    select
        {{ rule.rule_no }} as rule_no,
        count(*) as nodes,
        array_agg(node_no order by node_no) as members
    from {{ nodes }}
    where
        entity_kind = '{{ rule.entity_kind }}'
        and {{ rule.block_key }} is not null
    group by {{ hash_number("cast(" ~ rule.block_key ~ " as text)") }}
    having count(*) > 1
    {%- else %}
    select
        0 as rule_no,
        0 as nodes,
        array[node_no] as members
    from {{ nodes }}
    where false
    {%- endfor %}
{%- endmacro %}
