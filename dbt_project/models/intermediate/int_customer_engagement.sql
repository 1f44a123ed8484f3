with

contacts as (
    select * from {{ ref('int_customer_contacts') }}
),

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

summed as (
    select
        customer_key,
        sum(events) as events,
        max(case when events > 0 then contact_date end) as last_event_date,
        sum(tickets) as tickets,
        max(case when tickets > 0 then contact_date end) as last_ticket_date,
        sum(satisfaction_sum) / nullif(sum(rated_tickets), 0) as satisfaction
    from contacts
    group by customer_key
),

-- Whether there is anything to see at all, and how well the best day with rated tickets went.
everybody as (
    select
        coalesce(sum(events), 0) as events,
        max(satisfaction_sum / nullif(rated_tickets, 0)) as best_satisfaction
    from contacts
),

joined as (
    select
        customers.customer_key,
        customers.email_consent,
        coalesce(summed.events, 0) as events,
        summed.last_event_date,
        coalesce(summed.tickets, 0) as tickets,
        summed.last_ticket_date,
        summed.satisfaction,
        case when customers.email_consent then 1.0 when not customers.email_consent then 0.0 end as consent_factor,
        case
            when everybody.events = 0 then null
            when
                summed.last_event_date
                > {{ add_days('settings.as_of_date', '-' ~ var('visit_days')) }}
                then 1.0
            else 0.0
        end as activity_factor,
        case
            when summed.satisfaction < 0 then 0
            when everybody.best_satisfaction > 0
                then summed.satisfaction / everybody.best_satisfaction
        end as satisfaction_factor
    from customers
    cross join settings
    cross join everybody
    left join summed
        on customers.customer_key = summed.customer_key
),

-- The mean of what is known; where nothing is, the middle.
scored as (
    select
        customer_key,
        email_consent,
        events,
        last_event_date,
        tickets,
        last_ticket_date,
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
