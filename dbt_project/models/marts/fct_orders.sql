with

orders as (
    select * from {{ ref('int_orders_valued') }}
),

final as (
    select
        order_key,
        source,
        order_id,
        customer_key,
        order_date,
        {{ date_key('order_date') }} as date_key,
        ordered_at,
        status,
        channel,
        currency,
        amount,
        refunded_amount,
        exchange_rate,
        gross_revenue,
        refunds,
        revenue
    from orders
)

select * from final
