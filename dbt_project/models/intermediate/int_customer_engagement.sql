with

events as (
    select * from {{ ref('stg_events') }}
),

tickets as (
    select * from {{ ref('stg_tickets') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

-- An event without a customer id belongs to whoever has its e-mail, if that is one customer.
customers_by_email as (
    select
        email,
        min(customer_key) as customer_key
    from customers
    where email is not null
    group by email
    having count(*) = 1
),

events_summed as (
    select
        coalesce(identity.customer_key, customers_by_email.customer_key) as customer_key,
        count(*) as events,
        max(cast(events.occurred_at as date)) as last_event_date
    from events
    left join identity
        on events.record_id = identity.record_id
    left join customers_by_email
        on events.record_id is null and events.email = customers_by_email.email
    where
        events.rejected_reason is null
        and coalesce(identity.customer_key, customers_by_email.customer_key) is not null
    group by coalesce(identity.customer_key, customers_by_email.customer_key)
),

tickets_summed as (
    select
        identity.customer_key,
        count(*) as tickets,
        avg(tickets.satisfaction) as satisfaction
    from tickets
    inner join identity
        on tickets.record_id = identity.record_id
    where tickets.rejected_reason is null
    group by identity.customer_key
),

best_satisfaction as (
    select max(satisfaction) as satisfaction from tickets
),

all_events as (
    select count(*) as events
    from events
    where rejected_reason is null
),

joined as (
    select
        customers.customer_key,
        customers.email_consent,
        coalesce(events_summed.events, 0) as events,
        events_summed.last_event_date,
        coalesce(tickets_summed.tickets, 0) as tickets,
        tickets_summed.satisfaction,
        case when customers.email_consent then 1.0 when not customers.email_consent then 0.0 end as consent_factor,
        case
            when all_events.events = 0 then null
            when
                events_summed.last_event_date
                > {{ add_days('settings.as_of_date', '-' ~ var('engagement_window_days')) }}
                then 1.0
            else 0.0
        end as activity_factor,
        case
            when tickets_summed.satisfaction < 0 then 0
            when best_satisfaction.satisfaction > 0
                then tickets_summed.satisfaction / best_satisfaction.satisfaction
        end as satisfaction_factor
    from customers
    cross join settings
    cross join best_satisfaction
    cross join all_events
    left join events_summed
        on customers.customer_key = events_summed.customer_key
    left join tickets_summed
        on customers.customer_key = tickets_summed.customer_key
),

-- The mean of what is known; where nothing is, the middle.
scored as (
    select
        customer_key,
        email_consent,
        events,
        last_event_date,
        tickets,
        satisfaction,
        coalesce(
            (coalesce(consent_factor, 0) + coalesce(activity_factor, 0) + coalesce(satisfaction_factor, 0))
            / nullif(
                case when consent_factor is null then 0 else 1 end
                + case when activity_factor is null then 0 else 1 end
                + case when satisfaction_factor is null then 0 else 1 end,
                0
            ),
            0.5
        ) as engagement_factor
    from joined
)

select * from scored
