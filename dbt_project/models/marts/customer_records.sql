with

identity as (
    select * from {{ ref('int_customer_identity') }}
),

records as (
    select * from {{ ref('int_customer_records') }}
),

-- A guest has no id in any source.
final as (
    select
        identity.source,
        identity.customer_id as source_customer_id,
        identity.customer_key,
        coalesce(
            records.full_name,
            nullif(trim(coalesce(records.first_name, '') || ' ' || coalesce(records.last_name, '')), '')
        ) as full_name,
        records.organisation_name,
        records.email,
        records.phone,
        records.birth_date,
        records.address,
        records.postcode,
        records.city,
        records.country,
        cast(coalesce(records.updated_at, records.created_at) as date) as changed_on
    from identity
    inner join records
        on identity.record_id = records.record_id
    where identity.record_kind <> 'guest'
)

select * from final
