with

records as (
    select * from {{ ref('int_customer_records') }}
),

placeholders as (
    select * from {{ ref('placeholder_emails') }}
),

-- An e-mail that many records share, or that stands for none, tells nobody apart. Persons and organisations never meet.
sharing as (
    select
        records.record_id,
        min(records.record_id) over (
            partition by records.entity_kind, records.email
            order by {{ binary_order('records.record_id') }}
        ) as first_record_id,
        count(*) over (partition by records.entity_kind, records.email) as records
    from records
    left join placeholders
        on records.email = placeholders.email
    where
        records.email is not null
        and placeholders.email is null
),

-- Each record of a group is linked with the group's first one.
linked as (
    select
        first_record_id as record_id_1,
        record_id as record_id_2,
        'rule' as link_kind,
        'same_email' as rule,
        cast(null as double precision) as weight,
        cast(null as double precision) as probability,
        'link' as decision
    from sharing
    where
        records <= {{ var('max_records_per_email') }}
        and record_id <> first_record_id
)

select * from linked
