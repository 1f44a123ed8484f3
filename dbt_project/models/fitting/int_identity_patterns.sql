-- depends_on: {{ ref('identity_blocking') }}
-- depends_on: {{ ref('identity_comparisons') }}
-- depends_on: {{ ref('int_identity_nodes') }}
{%- set one_in = identity_fitted_one_in(ref('int_identity_nodes')) %}
with

nodes as (
    select *
    from {{ ref('int_identity_nodes') }}
    where mod({{ hash_number("node_no::text") }}, {{ one_in }}) = 0
),

candidates as (
    {{ identity_candidate_pairs('nodes', identity_blocking_rules(), one_in) }}
),

compared as (
    select
        l.entity_kind,
        {{ identity_pair_pattern() }} as pattern,
        -- Each pair that is looked at stands for others as well: both of its nodes have to be among the chosen ones.
        case
            when candidates.node_no_1 = candidates.node_no_2 then {{ one_in }}
            else {{ one_in }} * {{ one_in }}
        end as stands_for
    from candidates
    inner join nodes as l
        on candidates.node_no_1 = l.node_no
    inner join nodes as r
        on candidates.node_no_2 = r.node_no
),

counted as (
    select
        entity_kind,
        pattern,
        sum(stands_for) as pairs
    from compared
    group by entity_kind, pattern
)

select * from counted
