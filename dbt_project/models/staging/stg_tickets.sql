with

base_tickets as (
    select * from {{ ref('base_tickets') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

visible as (
    select
        base_tickets.*,
        settings.as_of_date
    from base_tickets
    cross join settings
    where
        base_tickets.opened_at is null
        or base_tickets.opened_at < {{ add_days('settings.as_of_date', 1) }}
),

-- Rows without an id are no versions of each other: each stays.
ranked as (
    select
        *,
        row_number() over (
            partition by source, ticket_id
            order by batch_rank desc, line_number desc
        ) as version_rank
    from visible
),

final as (
    select
        -- ids
        source,
        ticket_id,
        customer_source,
        customer_id,
        case when customer_id is not null then {{ record_id('customer_source', 'customer_id') }} end as record_id,

        -- what
        topic,
        satisfaction,

        -- when; on the as-of date nobody knows of a later end
        opened_at,
        case when closed_at < {{ add_days('as_of_date', 1) }} then closed_at end as closed_at,

        -- what could not be read
        case
            when ticket_id is null then 'ticket_id_missing'
            when opened_at_text is null then 'opened_at_missing'
            when opened_at is null and {{ is_ambiguous_date('opened_at_text') }} then 'opened_at_ambiguous'
            when opened_at is null then 'opened_at_unreadable'
            when {{ plausible('opened_at') }} is null then 'opened_at_implausible'
        end as rejected_reason,
        case when opened_at is null then opened_at_text end as opened_at_unread,
        case when closed_at is null then closed_at_text end as closed_at_unread,
        case when satisfaction is null then satisfaction_text end as satisfaction_unread,

        -- what was changed or refused
        {{ faults_in('tickets', 'staged', found_before='landed_faults') }} as faults,

        -- lineage
        source_file,
        line_number
    from ranked
    where version_rank = 1 or ticket_id is null
)

select * from final
