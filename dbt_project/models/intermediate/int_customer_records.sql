with

customers as (
    select * from {{ ref('stg_customers') }}
),

customers_from_orders as (
    select * from {{ ref('int_customers_from_orders') }}
),

records as (
    select
        record_id,
        source,
        customer_id,
        'customer' as record_kind,
        entity_kind,
        first_name,
        middle_name,
        last_name,
        full_name,
        organisation_name,
        birth_date,
        gender,
        email,
        phone,
        phone_digits,
        address,
        address_2,
        city,
        postcode,
        region,
        country,
        email_consent,
        external_id_1,
        external_id_2,
        external_id_3,
        created_at,
        updated_at,
        email_unread,
        phone_unread,
        birth_date_unread
    from customers

    union all

    select
        record_id,
        source,
        customer_id,
        record_kind,
        'person' as entity_kind,
        null as first_name,
        null as middle_name,
        null as last_name,
        null as full_name,
        null as organisation_name,
        null as birth_date,
        null as gender,
        email,
        phone,
        phone_digits,
        null as address,
        null as address_2,
        null as city,
        null as postcode,
        null as region,
        null as country,
        null as email_consent,
        null as external_id_1,
        null as external_id_2,
        null as external_id_3,
        created_at,
        updated_at,
        null as email_unread,
        null as phone_unread,
        null as birth_date_unread
    from customers_from_orders
)

select * from records
