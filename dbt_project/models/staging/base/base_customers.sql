with

customers as (
    select * from {{ source('raw', 'all_customers') }}
),

country_names as (
    select * from {{ ref('country_names') }}
),

typed as (
    select
        -- ids
        customers._source as source,
        {{ clean_id('customers.customer_id') }} as customer_id,
        {{ clean_text('customers.external_id_1') }} as external_id_1,
        {{ clean_text('customers.external_id_2') }} as external_id_2,
        {{ clean_text('customers.external_id_3') }} as external_id_3,

        -- text
        customers._entity_kind as entity_kind,
        {{ clean_text('customers.first_name') }} as first_name,
        {{ clean_text('customers.middle_name') }} as middle_name,
        {{ clean_text('customers.last_name') }} as last_name,
        {{ clean_text('customers.full_name') }} as full_name,
        {{ clean_text('customers.organisation_name') }} as organisation_name,
        {{ clean_text('customers.email') }} as email_text,
        {{ clean_text('customers.phone') }} as phone_text,
        {{ clean_text('customers.gender') }} as gender_text,
        {{ clean_text('customers.address') }} as address,
        {{ clean_text('customers.address_2') }} as address_2,
        {{ clean_text('customers.city') }} as city,
        {{ clean_text('customers.postcode') }} as postcode,
        {{ clean_text('customers.region') }} as region,
        coalesce(country_names.country, {{ clean_text('customers.country') }}) as country,
        coalesce(country_names.country, customers._country, '') as phone_country,
        {{ clean_text('customers.email_consent') }} as email_consent_text,
        {{ clean_text('customers.birth_date') }} as birth_date_text,
        {{ clean_text('customers.created_at') }} as created_at_text,
        {{ clean_text('customers.updated_at') }} as updated_at_text,

        -- dates
        cast({{ parse_mixed_dates(
            'customers.birth_date', 'birth_date_orders.date_order', var('two_digit_birth_year_pivot')
        ) }} as date) as birth_date,
        {{ parse_mixed_dates('customers.created_at', 'created_at_orders.date_order') }} as created_at,
        {{ parse_mixed_dates('customers.updated_at', 'updated_at_orders.date_order') }} as updated_at,

        -- what the landed text shows and the clean one does not
        {{ faults_in('customers', 'landed') }} as landed_faults,

        -- lineage
        customers._batch_rank as batch_rank,
        customers._source_file as source_file,
        customers._line_number as line_number,
        customers._loaded_at as loaded_at
    from customers
    left join country_names
        on lower({{ clean_text('customers.country') }}) = country_names.word
    {{ date_order_join('customers', 'birth_date') }}
    {{ date_order_join('customers', 'created_at') }}
    {{ date_order_join('customers', 'updated_at') }}
)

select * from typed
