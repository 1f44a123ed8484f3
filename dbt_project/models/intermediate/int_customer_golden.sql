{%- set has_name = 'coalesce(records.first_name, records.last_name, records.full_name) is not null' -%}
{%- set has_address = 'coalesce(records.address, records.postcode, records.city) is not null' -%}
{#- For each attribute: when a record has it, what it says (alike for records that agree), whether that can be right,
    and how much of it is filled. -#}
{%- set attributes = {
    'name': (
        has_name,
        "lower(coalesce(records.first_name, '') || '|' || coalesce(records.last_name, coalesce(records.full_name, '')))",
        "case when length(records.first_name) > 2 and length(records.last_name) > 2 then 1 else 0 end",
        "case when length(records.first_name) > 2 then 2 when records.first_name is not null then 1 else 0 end"
        ~ " + case when records.last_name is not null then 2 else 0 end",
    ),
    'organisation_name': (
        'records.organisation_name is not null', 'lower(records.organisation_name)', '1', 'length(records.organisation_name)'
    ),
    'birth_date': (
        'records.birth_date is not null',
        'cast(records.birth_date as ' ~ dbt.type_string() ~ ')',
        'case when extract(month from records.birth_date) = 1 and extract(day from records.birth_date) = 1 then 0 else 1 end',
        '1',
    ),
    'gender': ('records.gender is not null', 'records.gender', '1', '1'),
    'email': ('records.email is not null', 'records.email', '1', '1'),
    'phone': ('records.phone is not null', 'records.phone', '1', 'length(records.phone)'),
    'address': (
        has_address,
        "lower(coalesce(records.address, '') || '|' || coalesce(records.postcode, '') || '|' || coalesce(records.city, ''))",
        "case when records.address is not null and records.postcode is not null and records.city is not null then 1 else 0 end",
        "case when records.address is not null then 1 else 0 end + case when records.postcode is not null then 1 else 0 end"
        ~ " + case when records.city is not null then 1 else 0 end",
    ),
    'email_consent': (
        'records.email_consent is not null', "case when records.email_consent then 'true' else 'false' end", '1', '1'
    ),
} -%}

with

records as (
    select * from {{ ref('int_customer_records') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

survivorship as (
    {{ folder_seed('survivorship') }}
),

source_priorities as (
    {{ folder_seed('source_priorities') }}
),

-- A row for each record and attribute that it has.
values_given as (
    {% for attribute, (is_given, text, validity, completeness) in attributes.items() -%}
    select
        identity.customer_key,
        records.record_id,
        records.source,
        records.customer_id,
        records.record_kind,
        coalesce(records.updated_at, records.created_at) as said_at,
        '{{ attribute }}' as attribute,
        {{ text }} as given,
        {{ validity }} as validity,
        {{ completeness }} as completeness
    from records
    inner join identity
        on records.record_id = identity.record_id
    where {{ is_given }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}
),

-- A customer file speaks before orders; a lower priority comes first.
judged as (
    select
        values_given.customer_key,
        values_given.attribute,
        values_given.record_id,
        values_given.source,
        values_given.customer_id,
        values_given.validity,
        values_given.completeness,
        survivorship.criterion_1,
        survivorship.criterion_2,
        survivorship.criterion_3,
        survivorship.criterion_4,
        survivorship.criterion_5,
        -2 * coalesce(source_priorities.priority, 100)
        + case when values_given.record_kind = 'customer' then 1 else 0 end as priority,
        count(*) over (partition by values_given.customer_key, values_given.attribute, values_given.given) as votes,
        dense_rank() over (
            partition by values_given.customer_key, values_given.attribute
            order by values_given.said_at desc nulls last
        ) as recency_rank
    from values_given
    inner join survivorship
        on values_given.attribute = survivorship.attribute
    left join source_priorities
        on
            values_given.attribute = source_priorities.attribute
            and values_given.source = source_priorities.source
),

ranked as (
    select
        customer_key,
        attribute,
        record_id,
        source,
        customer_id,
        row_number() over (
            partition by customer_key, attribute
            order by
                {% for number in range(1, 6) -%}
                {{ survivorship_score('criterion_' ~ number) }} desc nulls last,
                {% endfor -%}
                recency_rank asc,
                {{ binary_order('record_id') }} asc
        ) as survival_rank
    from judged
),

final as (
    select
        customer_key,
        attribute,
        record_id,
        source,
        customer_id
    from ranked
    where survival_rank = 1
)

select * from final
