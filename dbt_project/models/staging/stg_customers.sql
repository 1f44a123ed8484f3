with

base_customers as (
    select * from {{ ref('base_customers') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

words as (
    select * from {{ ref('word_meanings') }}
),

phones as (
    select * from {{ ref('stg_phones') }}
),

-- A customer exists from the day of creation on; where that is unknown, the day of the change decides.
existing as (
    select
        base_customers.*,
        settings.as_of_date,
        coalesce(cast(base_customers.updated_at as date) <= settings.as_of_date, true) as is_known_by_then
    from base_customers
    cross join settings
    where
        base_customers.customer_id is not null
        and coalesce(
            cast(coalesce({{ plausible('base_customers.created_at') }}, base_customers.updated_at) as date)
            <= settings.as_of_date,
            true
        )
),

-- The newest version known on the as-of date; where all are later, the oldest of them comes nearest.
ranked as (
    select
        *,
        row_number() over (
            partition by source, customer_id
            order by
                is_known_by_then desc,
                case when is_known_by_then then updated_at end desc nulls last,
                case when not is_known_by_then then updated_at end asc nulls last,
                case when is_known_by_then then batch_rank else -batch_rank end desc,
                case when is_known_by_then then line_number else -line_number end desc
        ) as version_rank
    from existing
),

newest as (
    select
        *,
        {{ normalise_email('email_text') }} as email_normalised,
        {{ clean_name('first_name') }} as first_name_clean,
        {{ clean_name('last_name') }} as last_name_clean,
        {{ clean_name('full_name') }} as full_name_clean
    from ranked
    where version_rank = 1
    offset 0 -- noqa: AM09
),

-- A name in one piece gives the parts that are missing.
named as (
    select
        *,
        coalesce(first_name_clean, {{ name_part('full_name_clean', 'first') }}) as first_name_found,
        coalesce(last_name_clean, {{ name_part('full_name_clean', 'last') }}) as last_name_found,
        {{ is_valid_email('email_normalised') }} as is_email_valid,
        {{ is_placeholder_email('email_normalised') }} as is_email_placeholder
    from newest
    -- keeps each expression from being evaluated once a mention, here and above
    offset 0 -- noqa: AM09
),

final as (
    select
        -- ids
        {{ record_id('named.source', 'named.customer_id') }} as record_id,
        named.source,
        named.customer_id,
        named.external_id_1,
        named.external_id_2,
        named.external_id_3,

        -- who
        named.entity_kind,
        case when named.entity_kind = 'person' then named.first_name_found end as first_name,
        {{ clean_name('named.middle_name') }} as middle_name,
        case when named.entity_kind = 'person' then named.last_name_found end as last_name,
        case
            when named.full_name_clean is null or (named.entity_kind = 'person' and named.full_name_clean like '%,%')
                then nullif(concat_ws(' ', named.first_name_found, named.last_name_found), '')
            else named.full_name_clean
        end as full_name,
        named.organisation_name,
        named.birth_date,
        genders.meaning as gender,

        -- how to reach them
        case when named.is_email_valid and not named.is_email_placeholder then named.email_normalised end as email,
        named.is_email_valid,
        phones.phone,
        phones.phone_digits,
        named.address,
        named.address_2,
        named.city,
        named.postcode,
        named.region,
        named.country,
        cast(consents.meaning as boolean) as email_consent,

        -- when
        {{ plausible('named.created_at') }} as created_at,
        {{ plausible('named.updated_at') }} as updated_at,

        -- what could not be read
        case when not named.is_email_valid then named.email_text end as email_unread,
        case when named.is_email_placeholder then named.email_text end as email_placeholder,
        case when phones.phone is null and not phones.is_placeholder then named.phone_text end as phone_unread,
        case when phones.is_placeholder then named.phone_text end as phone_placeholder,
        case when named.birth_date is null then named.birth_date_text end as birth_date_unread,
        case when {{ plausible('named.created_at') }} is null then named.created_at_text end as created_at_unread,
        case when {{ plausible('named.updated_at') }} is null then named.updated_at_text end as updated_at_unread,

        -- what was changed or refused
        {{ faults_in('customers', 'staged', found_before='named.landed_faults') }} as faults,

        -- lineage
        named.source_file,
        named.line_number
    from named
    left join phones
        on
            named.source = phones.source
            and named.phone_text = phones.phone_text
            and named.phone_country = phones.phone_country
    left join words as genders
        on genders.field = 'gender' and lower(named.gender_text) = genders.word
    left join words as consents
        on consents.field = 'email_consent' and lower(named.email_consent_text) = consents.word
)

select * from final
