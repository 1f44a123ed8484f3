with

tickets as (
    select * from {{ source('raw', 'all_tickets') }}
),

typed as (
    select
        -- ids
        tickets._source as source,
        {{ clean_id('tickets.ticket_id') }} as ticket_id,
        tickets._customer_source as customer_source,
        {{ clean_id('tickets.customer_id') }} as customer_id,

        -- text
        {{ clean_text('tickets.topic') }} as topic,
        {{ clean_text('tickets.satisfaction') }} as satisfaction_text,
        {{ clean_text('tickets.opened_at') }} as opened_at_text,
        {{ clean_text('tickets.closed_at') }} as closed_at_text,

        -- numbers
        {{ parse_amount('tickets.satisfaction') }} as satisfaction,

        -- dates
        {{ parse_mixed_dates('tickets.opened_at', 'opened_at_orders.date_order') }} as opened_at,
        {{ parse_mixed_dates('tickets.closed_at', 'closed_at_orders.date_order') }} as closed_at,

        -- what the landed text shows and the clean one does not
        {{ faults_in('tickets', 'landed') }} as landed_faults,

        -- lineage
        tickets._batch_rank as batch_rank,
        tickets._source_file as source_file,
        tickets._line_number as line_number,
        tickets._loaded_at as loaded_at
    from tickets
    {{ date_order_join('tickets', 'opened_at') }}
    {{ date_order_join('tickets', 'closed_at') }}
)

select * from typed
