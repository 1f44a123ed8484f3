{{ config(materialized='connected_components') }}
select
    node_no_1 as node_1,
    node_no_2 as node_2
from {{ ref('int_identity_scores') }}
where weight >= {{ var('identity_link_bits') }}
