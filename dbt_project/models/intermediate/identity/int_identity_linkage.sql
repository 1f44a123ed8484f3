{{ config(materialized='average_linkage') }}
select
    node_no_1 as node_1,
    node_no_2 as node_2,
    cast(round(1000 * least(12, greatest(-5, weight))) as bigint) as weight
from {{ ref('int_identity_component_pairs') }}
