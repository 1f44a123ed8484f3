-- depends_on: {{ ref('identity_blocking') }}
{%- set kinds = ['person', 'organisation'] %}
with

nodes as (
    select * from {{ ref('int_identity_nodes') }}
),

keyed as (
    {%- for kind in kinds %}
    {%- set rules = identity_seed_rows(ref('identity_blocking'), kind, 'rule') %}
    select
        keys.rule,
        keys.pairs_per_record,
        nodes.node_no,
        {{ hash_number("'" ~ kind ~ "' || keys.rule || keys.block_key") }} as block_no
    from nodes
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
),

blocks as (
    select
        rule,
        max(pairs_per_record) as pairs_per_record,
        count(*) as nodes,
        array_agg(node_no order by node_no) as members
    from keyed
    group by rule, block_no
    having count(*) > 1
),

-- The largest blocks of a rule go first where it would make more pairs than it may.
sizes as (
    select
        rule,
        nodes,
        sum(count(*) * nodes * (nodes - 1) / 2) over (partition by rule order by nodes) as pairs_up_to_here
    from blocks
    group by rule, nodes
),

capped as (
    select
        blocks.rule,
        blocks.nodes,
        blocks.members
    from blocks
    inner join sizes
        on blocks.rule = sizes.rule and blocks.nodes = sizes.nodes
    where sizes.pairs_up_to_here <= greatest({{ var('identity_pairs_per_rule') }}, blocks.pairs_per_record * (select count(*) from nodes))
)

select * from capped
