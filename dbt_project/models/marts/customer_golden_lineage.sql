with

golden as (
    select * from {{ ref('int_customer_golden') }}
),

final as (
    select
        customer_key,
        attribute,
        source,
        customer_id as source_customer_id
    from golden
)

select * from final
