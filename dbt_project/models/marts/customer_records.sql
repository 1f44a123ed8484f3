with

identity as (
    select * from {{ ref('int_customer_identity') }}
),

-- A guest has no id in any source.
final as (
    select
        source,
        customer_id as source_customer_id,
        customer_key
    from identity
    where record_kind <> 'guest'
)

select * from final
