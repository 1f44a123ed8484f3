with

orders as (
    select * from {{ ref('stg_orders') }}
),

customers as (
    select * from {{ ref('stg_customers') }}
),

-- Ids that only orders carry, and guests.
known_by_orders as (
    select
        orders.record_id,
        case when orders.customer_id is not null then orders.customer_source else orders.source end as source,
        coalesce(orders.customer_id, {{ guest_id('orders.guest_contact') }}) as customer_id,
        case when orders.customer_id is not null then 'order' else 'guest' end as record_kind,
        orders.email,
        orders.phone,
        orders.phone_digits,
        orders.ordered_at,
        orders.order_key
    from orders
    left join customers
        on orders.record_id = customers.record_id
    where
        orders.rejected_reason is null
        and orders.record_id is not null
        and customers.record_id is null
),

gathered as (
    select
        record_id,
        source,
        customer_id,
        record_kind,
        {{ first_filled('email', 'ordered_at desc, order_key') }} as email,
        {{ first_filled('phone', 'ordered_at desc, order_key') }} as phone,
        {{ first_filled('phone_digits', 'ordered_at desc, order_key') }} as phone_digits,
        min(ordered_at) as created_at,
        max(ordered_at) as updated_at
    from known_by_orders
    group by record_id, source, customer_id, record_kind
)

select * from gathered
