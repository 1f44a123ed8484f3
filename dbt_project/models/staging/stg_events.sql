with

base_events as (
    select * from {{ ref('base_events') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

visible as (
    select base_events.*
    from base_events
    cross join settings
    where
        base_events.occurred_at is null
        or base_events.occurred_at < {{ add_days('settings.as_of_date', 1) }}
),

-- Rows without an id are no versions of each other: each stays.
ranked as (
    select
        *,
        row_number() over (
            partition by source, event_id
            order by batch_rank desc, line_number desc
        ) as version_rank
    from visible
),

newest as (
    select
        *,
        {{ normalise_email('email_text') }} as email_normalised
    from ranked
    where version_rank = 1 or event_id is null
),

final as (
    select
        -- ids
        source,
        event_id,
        customer_source,
        customer_id,
        anonymous_id,
        case when customer_id is not null then {{ record_id('customer_source', 'customer_id') }} end as record_id,
        case
            when {{ is_valid_email('email_normalised') }} and not {{ is_placeholder_email('email_normalised') }}
                then email_normalised
        end as email,

        -- what
        lower(event_type) as event_type,

        -- when
        occurred_at,

        -- what could not be read
        case
            when event_id is null then 'event_id_missing'
            when occurred_at_text is null then 'occurred_at_missing'
            when occurred_at is null and {{ is_ambiguous_date('occurred_at_text') }} then 'occurred_at_ambiguous'
            when occurred_at is null then 'occurred_at_unreadable'
            when {{ plausible('occurred_at') }} is null then 'occurred_at_implausible'
            when event_type is null then 'type_missing'
        end as rejected_reason,
        case when occurred_at is null then occurred_at_text end as occurred_at_unread,

        -- what was changed or refused
        {{ faults_in('events', 'staged', found_before='landed_faults') }} as faults,

        -- lineage
        source_file,
        line_number
    from newest
)

select * from final
