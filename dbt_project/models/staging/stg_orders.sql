with

base_orders as (
    select * from {{ ref('base_orders') }}
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

-- A row without a readable date cannot be told to be later, so it stays and is rejected below.
visible as (
    select base_orders.*
    from base_orders
    cross join settings
    where
        base_orders.ordered_at is null
        or base_orders.ordered_at < {{ add_days('settings.as_of_date', 1) }}
),

-- Rows without an id are no versions of each other: each stays.
ranked as (
    select
        *,
        row_number() over (
            partition by source, order_id
            order by batch_rank desc, line_number desc
        ) as version_rank
    from visible
),

newest as (
    select
        *,
        {{ normalise_email('email_text') }} as email_normalised
    from ranked
    where version_rank = 1 or order_id is null
),

judged as (
    select
        *,
        case
            when {{ is_valid_email('email_normalised') }} and not {{ is_placeholder_email('email_normalised') }}
                then email_normalised
        end as email,
        case
            when order_id is null then 'order_id_missing'
            when ordered_at_text is null then 'ordered_at_missing'
            when ordered_at is null and {{ is_ambiguous_date('ordered_at_text') }} then 'ordered_at_ambiguous'
            when ordered_at is null then 'ordered_at_unreadable'
            when {{ plausible('ordered_at') }} is null then 'ordered_at_implausible'
            when amount_text is null then 'amount_missing'
            when amount is null then 'amount_unreadable'
            when abs(amount) >= {{ var('largest_plausible_amount') }} then 'amount_implausible'
        end as rejected_reason
    from newest
),

-- An order without a customer id is a guest's, who is known by the way to reach them, if there is one.
guests as (
    select
        judged.*,
        words.meaning as currency_meant,
        phones.phone,
        phones.phone_digits,
        case
            when judged.customer_id is null then coalesce(judged.email, phones.phone, phones.phone_digits)
        end as guest_contact
    from judged
    left join words
        on words.field = 'currency' and lower(judged.currency_text) = words.word
    left join phones
        on
            judged.source = phones.source
            and judged.phone_text = phones.phone_text
            and judged.phone_country = phones.phone_country
),

final as (
    select
        -- ids
        case
            when guests.order_id is not null then {{ hash_key(['guests.source', 'guests.order_id']) }}
        end as order_key,
        guests.source,
        guests.order_id,
        guests.customer_source,
        guests.customer_id,
        case
            when guests.customer_id is not null
                then {{ record_id('guests.customer_source', 'guests.customer_id') }}
            when guests.guest_contact is not null
                then {{ record_id('guests.source', guest_id('guests.guest_contact')) }}
        end as record_id,

        -- what
        coalesce(guests.currency_meant, upper(guests.currency_text)) as currency,
        lower({{ single_blanks('guests.status_text') }}) as status_text,
        guests.amount,
        case
            when abs(guests.refunded_amount) < {{ var('largest_plausible_amount') }} then abs(guests.refunded_amount)
        end as refunded_amount,
        guests.channel,

        -- who, where there is no customer id
        guests.email,
        guests.phone,
        guests.phone_digits,
        guests.guest_contact,

        -- when
        guests.ordered_at,
        cast(guests.ordered_at as date) as order_date,

        -- what could not be read
        guests.rejected_reason,
        case when guests.ordered_at is null then guests.ordered_at_text end as ordered_at_unread,
        case when guests.amount is null then guests.amount_text end as amount_unread,
        case when guests.refunded_amount is null then guests.refunded_amount_text end as refunded_amount_unread,
        case when not {{ is_valid_email('guests.email_normalised') }} then guests.email_text end as email_unread,

        -- what was changed or refused
        {{ faults_in('orders', 'staged', found_before='guests.landed_faults') }} as faults,

        -- lineage
        guests.source_file,
        guests.line_number
    from guests
)

select * from final
