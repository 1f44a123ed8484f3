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
        {{ normalise_phone('phone_text') }} as phone_normalised,
        {{ clean_name('first_name') }} as first_name_clean,
        {{ clean_name('last_name') }} as last_name_clean,
        {{ clean_name('full_name') }} as full_name_clean
    from ranked
    where version_rank = 1
),

final as (
    select
        -- ids
        {{ record_id('newest.source', 'newest.customer_id') }} as record_id,
        newest.source,
        newest.customer_id,
        newest.external_id_1,
        newest.external_id_2,
        newest.external_id_3,

        -- who
        newest.entity_kind,
        case
            when newest.entity_kind = 'person'
                then coalesce(newest.first_name_clean, {{ name_part('newest.full_name_clean', 'first') }})
        end as first_name,
        {{ clean_name('newest.middle_name') }} as middle_name,
        case
            when newest.entity_kind = 'person'
                then coalesce(newest.last_name_clean, {{ name_part('newest.full_name_clean', 'last') }})
        end as last_name,
        case
            when newest.entity_kind = 'person' and newest.full_name_clean like '%,%'
                then concat_ws(
                    ' ',
                    {{ name_part('newest.full_name_clean', 'first') }},
                    {{ name_part('newest.full_name_clean', 'last') }}
                )
            else coalesce(
                newest.full_name_clean,
                nullif(concat_ws(' ', newest.first_name_clean, newest.last_name_clean), '')
            )
        end as full_name,
        newest.organisation_name,
        newest.birth_date,
        genders.meaning as gender,

        -- how to reach them
        case when {{ is_valid_email('newest.email_normalised') }} then newest.email_normalised end as email,
        {{ is_valid_email('newest.email_normalised') }} as is_email_valid,
        newest.phone_normalised as phone,
        newest.address,
        newest.address_2,
        newest.city,
        newest.postcode,
        newest.region,
        newest.country,
        cast(consents.meaning as boolean) as email_consent,

        -- when
        {{ plausible('newest.created_at') }} as created_at,
        {{ plausible('newest.updated_at') }} as updated_at,

        -- what could not be read
        case when not {{ is_valid_email('newest.email_normalised') }} then newest.email_text end as email_unread,
        case when newest.phone_normalised is null then newest.phone_text end as phone_unread,
        case when newest.birth_date is null then newest.birth_date_text end as birth_date_unread,
        case when {{ plausible('newest.created_at') }} is null then newest.created_at_text end as created_at_unread,
        case when {{ plausible('newest.updated_at') }} is null then newest.updated_at_text end as updated_at_unread,

        -- lineage
        newest.source_file,
        newest.line_number
    from newest
    left join words as genders
        on genders.field = 'gender' and lower(newest.gender_text) = genders.word
    left join words as consents
        on consents.field = 'email_consent' and lower(newest.email_consent_text) = consents.word
)

select * from final
