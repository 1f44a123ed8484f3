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

contacts as (
    select
        coalesce(identity.customer_key, customers_by_email.customer_key) as customer_key,
        cast(events.occurred_at as date) as contact_date,
        1 as events,
        0 as tickets,
        null as satisfaction
    from events
    left join identity
        on events.record_id = identity.record_id
    left join customers_by_email
        on events.record_id is null and events.email = customers_by_email.email
    where events.rejected_reason is null

    union all

    select
        identity.customer_key,
        cast(tickets.opened_at as date) as contact_date,
        0 as events,
        1 as tickets,
        tickets.satisfaction
    from tickets
    inner join identity
        on tickets.record_id = identity.record_id
    where tickets.rejected_reason is null
),

summed as (
    select
        customer_key,
        contact_date,
        sum(events) as events,
        sum(tickets) as tickets,
        count(satisfaction) as rated_tickets,
        sum(satisfaction) as satisfaction_sum
    from contacts
    where customer_key is not null
    group by
        customer_key,
        contact_date
)

select * from summed
