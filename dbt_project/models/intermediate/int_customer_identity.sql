with

records as (
    select * from {{ ref('int_customer_records') }}
),

placeholders as (
    select * from {{ ref('placeholder_emails') }}
),

-- An e-mail that many records share, or that stands for none, tells nobody apart. Persons and organisations never meet.
telling_emails as (
    select
        records.entity_kind,
        records.email
    from records
    left join placeholders
        on records.email = placeholders.email
    where
        records.email is not null
        and placeholders.email is null
    group by records.entity_kind, records.email
    having count(*) between 2 and {{ var('max_records_per_email') }}
),

clustered as (
    select
        records.record_id,
        records.source,
        records.customer_id,
        records.record_kind,
        records.entity_kind,
        records.created_at,
        case when telling_emails.email is not null then 'same_email' else 'alone' end as joined_by,
        case
            when telling_emails.email is not null then telling_emails.entity_kind || ' ' || telling_emails.email
            else records.record_id
        end as cluster_id
    from records
    left join telling_emails
        on records.entity_kind = telling_emails.entity_kind and records.email = telling_emails.email
),

-- The founding record, whose name makes the key: the oldest, then by name.
founded as (
    select
        record_id,
        source,
        customer_id,
        record_kind,
        entity_kind,
        joined_by,
        first_value(source) over founding as founding_source,
        first_value(customer_id) over founding as founding_customer_id
    from clustered
    window founding as (
        partition by cluster_id
        order by
            created_at asc nulls last,
            {{ binary_order('source') }},
            {{ binary_order('customer_id') }}
    )
),

keyed as (
    select
        record_id,
        {{ hash_key(['founding_source', 'founding_customer_id']) }} as customer_key,
        source,
        customer_id,
        record_kind,
        entity_kind,
        joined_by,
        source = founding_source and customer_id = founding_customer_id as is_founding_record
    from founded
)

select * from keyed
