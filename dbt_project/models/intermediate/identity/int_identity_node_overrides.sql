{{ config(materialized='ephemeral') }}
with

overrides as (
    select * from {{ ref('int_identity_overrides') }}
),

standardised as (
    select * from {{ ref('int_identity_standardised') }}
),

noded as (
    select
        least(standardised_1.node_no, standardised_2.node_no) as node_no_1,
        greatest(standardised_1.node_no, standardised_2.node_no) as node_no_2,
        overrides.decision
    from overrides
    inner join standardised as standardised_1
        on overrides.record_id_1 = standardised_1.record_id
    inner join standardised as standardised_2
        on overrides.record_id_2 = standardised_2.record_id
)

select * from noded
