with

orders as (
    select * from {{ source('raw', 'all_orders') }}
),

typed as (
    select
        -- ids
        orders._source as source,
        {{ clean_id('orders.order_id') }} as order_id,
        orders._customer_source as customer_source,
        {{ clean_id('orders.customer_id') }} as customer_id,

        -- text
        {{ clean_text('orders.currency') }} as currency_text,
        {{ clean_text('orders.status') }} as status_text,
        {{ clean_text('orders.channel') }} as channel,
        {{ clean_text('orders.email') }} as email_text,
        {{ clean_text('orders.phone') }} as phone_text,
        coalesce(orders._country, '') as phone_country,
        {{ clean_text('orders.ordered_at') }} as ordered_at_text,
        {{ clean_text('orders.amount') }} as amount_text,
        {{ clean_text('orders.refunded_amount') }} as refunded_amount_text,

        -- numbers
        cast({{ parse_amount('orders.amount') }} as numeric(18, 2)) as amount,
        cast({{ parse_amount('orders.refunded_amount') }} as numeric(18, 2)) as refunded_amount,

        -- dates
        {{ parse_mixed_dates('orders.ordered_at', 'ordered_at_orders.date_order') }} as ordered_at,

        -- what the landed text shows and the clean one does not
        {{ faults_in('orders', 'landed') }} as landed_faults,

        -- lineage
        orders._batch_rank as batch_rank,
        orders._source_file as source_file,
        orders._line_number as line_number,
        orders._loaded_at as loaded_at
    from orders
    {{ date_order_join('orders', 'ordered_at') }}
)

select * from typed
