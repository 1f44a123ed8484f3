with

events as (
    select * from {{ source('raw', 'all_events') }}
),

typed as (
    select
        -- ids
        events._source as source,
        {{ clean_id('events.event_id') }} as event_id,
        events._customer_source as customer_source,
        {{ clean_id('events.customer_id') }} as customer_id,
        {{ clean_text('events.anonymous_id') }} as anonymous_id,

        -- text
        {{ clean_text('events.type') }} as event_type,
        {{ clean_text('events.email') }} as email_text,
        {{ clean_text('events.occurred_at') }} as occurred_at_text,

        -- dates
        {{ parse_mixed_dates('events.occurred_at', 'occurred_at_orders.date_order') }} as occurred_at,

        -- what the landed text shows and the clean one does not
        {{ faults_in('events', 'landed') }} as landed_faults,

        -- lineage
        events._batch_rank as batch_rank,
        events._source_file as source_file,
        events._line_number as line_number,
        events._loaded_at as loaded_at
    from events
    {{ date_order_join('events', 'occurred_at') }}
)

select * from typed
