with

records as (
    select * from {{ ref('int_customer_records') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

golden as (
    select * from {{ ref('int_customer_golden') }}
),

customers as (
    select
        identity.customer_key,
        identity.entity_kind,
        max(case when identity.is_founding_record then identity.record_id end) as founding_record_id,
        min(records.created_at) as created_at,
        count(*) as record_count,
        count(distinct identity.source) as source_count
    from identity
    inner join records
        on identity.record_id = records.record_id
    group by identity.customer_key, identity.entity_kind
),

-- Each attribute from the record that won it; a name and an address are taken as a whole, never mixed.
won as (
    select
        golden.customer_key,
        {% for attribute, columns in {
            'name': ['first_name', 'middle_name', 'last_name', 'full_name'],
            'organisation_name': ['organisation_name'],
            'birth_date': ['birth_date'],
            'gender': ['gender'],
            'email': ['email'],
            'phone': ['phone'],
            'address': ['address', 'address_2', 'city', 'postcode', 'region', 'country'],
        }.items() -%}
        {% for column in columns -%}
        max(case when golden.attribute = '{{ attribute }}' then records.{{ column }} end) as {{ column }},
        {% endfor -%}
        {% endfor -%}
        max(
            case when golden.attribute = 'email_consent' then case when records.email_consent then 1 else 0 end end
        ) = 1 as email_consent
    from golden
    inner join records
        on golden.record_id = records.record_id
    group by golden.customer_key
),

final as (
    select
        customers.customer_key,
        customers.entity_kind,
        customers.founding_record_id,
        won.first_name,
        won.middle_name,
        won.last_name,
        won.full_name,
        won.organisation_name,
        won.birth_date,
        won.gender,
        won.email,
        won.phone,
        won.address,
        won.address_2,
        won.city,
        won.postcode,
        won.region,
        won.country,
        won.email_consent,
        customers.created_at,
        customers.record_count,
        customers.source_count
    from customers
    left join won
        on customers.customer_key = won.customer_key
)

select * from final
