with

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

final as (
    select
        customer_key,
        entity_kind,
        first_name,
        middle_name,
        last_name,
        full_name,
        organisation_name,
        email,
        phone,
        birth_date,
        gender,
        address,
        address_2,
        city,
        postcode,
        region,
        country,
        email_consent,
        cast(created_at as date) as customer_since,
        cast(record_count as integer) as record_count,
        cast(source_count as integer) as source_count
    from customers
)

select * from final
