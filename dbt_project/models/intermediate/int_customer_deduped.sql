{%- set by_rank = 'survival_rank' -%}
{%- set has_whole_name = 'first_name is not null and last_name is not null' -%}
{%- set has_address = 'coalesce(address, postcode, city) is not null' -%}

with

records as (
    select * from {{ ref('int_customer_records') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

-- The newest record speaks first, and a customer file before what orders tell.
ranked as (
    select
        identity.customer_key,
        identity.is_founding_record,
        records.*,
        row_number() over (
            partition by identity.customer_key
            order by
                case when records.record_kind = 'customer' then 1 else 2 end,
                coalesce(records.updated_at, records.created_at) desc nulls last,
                {{ binary_order('records.record_id') }}
        ) as survival_rank
    from records
    inner join identity
        on records.record_id = identity.record_id
),

-- Each attribute from the first record that has it; a name and an address are taken as a whole, never mixed.
golden as (
    select
        customer_key,
        entity_kind,
        {{ first_filled('record_id', by_rank, 'is_founding_record') }} as founding_record_id,
        {{ first_filled('first_name', by_rank, has_whole_name) }} as whole_first_name,
        {{ first_filled('middle_name', by_rank, has_whole_name) }} as whole_middle_name,
        {{ first_filled('last_name', by_rank, has_whole_name) }} as whole_last_name,
        {{ first_filled('full_name', by_rank, has_whole_name) }} as whole_full_name,
        {{ first_filled('first_name', by_rank, 'full_name is not null') }} as part_first_name,
        {{ first_filled('last_name', by_rank, 'full_name is not null') }} as part_last_name,
        {{ first_filled('full_name', by_rank) }} as part_full_name,
        {{ first_filled('organisation_name', by_rank) }} as organisation_name,
        {{ first_filled('birth_date', by_rank) }} as birth_date,
        {{ first_filled('gender', by_rank) }} as gender,
        {{ first_filled('email', by_rank) }} as email,
        {{ first_filled('phone', by_rank) }} as phone,
        {{ first_filled('address', by_rank, has_address) }} as address,
        {{ first_filled('address_2', by_rank, has_address) }} as address_2,
        {{ first_filled('city', by_rank, has_address) }} as city,
        {{ first_filled('postcode', by_rank, has_address) }} as postcode,
        {{ first_filled('region', by_rank, has_address) }} as region,
        {{ first_filled('country', by_rank, has_address) }} as country,
        {{ first_filled('email_consent', by_rank) }} as email_consent,
        min(created_at) as created_at,
        count(*) as record_count,
        count(distinct source) as source_count
    from ranked
    group by customer_key, entity_kind
),

named as (
    select
        customer_key,
        entity_kind,
        founding_record_id,
        case when whole_full_name is not null then whole_first_name else part_first_name end as first_name,
        whole_middle_name as middle_name,
        case when whole_full_name is not null then whole_last_name else part_last_name end as last_name,
        coalesce(whole_full_name, part_full_name) as full_name,
        organisation_name,
        birth_date,
        gender,
        email,
        phone,
        address,
        address_2,
        city,
        postcode,
        region,
        country,
        email_consent,
        created_at,
        record_count,
        source_count
    from golden
)

select * from named
