-- depends_on: {{ ref('identity_blocking') }}
-- depends_on: {{ ref('int_identity_nodes') }}
with

candidates as (
    {{ identity_candidate_pairs(ref('int_identity_nodes'), identity_blocking_rules()) }}
)

select * from candidates
