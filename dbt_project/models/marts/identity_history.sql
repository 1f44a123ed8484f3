with

history as (
    select * from {{ source('identity', 'history') }}
),

changes as (
    select * from {{ source('identity', 'changes') }}
),

new_events as (
    select * from {{ ref('int_identity_changes') }}
),

horizon as (
    {{ identity_horizon() }}
),

-- What was kept before, and what this run found; once that is kept, it is the same.
final as (
    select
        history.change_number as run_number,
        history.event_number,
        changes.as_of_date,
        history.customer_key,
        history.event,
        history.other_customer_key,
        history.records,
        history.reason
    from history
    inner join changes
        on history.change_number = changes.change_number
    cross join horizon
    where history.change_number <= horizon.change_number

    union all

    select
        new_events.change_number as run_number,
        new_events.event_number,
        new_events.as_of_date,
        new_events.customer_key,
        new_events.event,
        new_events.other_customer_key,
        new_events.records,
        new_events.reason
    from new_events
    cross join horizon
    where new_events.change_number > horizon.change_number
)

select * from final
