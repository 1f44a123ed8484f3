with

orders as (
    select * from {{ ref('int_orders_valued') }}
),

summed as (
    select
        customer_key,
        order_date,
        count(case when status = 'completed' then 1 end) as orders,
        cast(coalesce(sum(revenue), 0) as numeric(18, 2)) as revenue,
        max(case when revenue > 0 then currency end) as currency
    from orders
    where customer_key is not null
    group by customer_key, order_date
),

-- A purchase is a day on which a customer left money with us.
judged as (
    select
        customer_key,
        order_date,
        orders,
        revenue,
        currency,
        revenue > 0 as is_purchase,
        row_number() over (partition by customer_key, revenue > 0 order by order_date) as day_number,
        count(*) over (partition by customer_key, revenue > 0) as day_count,
        min(order_date) over (partition by customer_key, revenue > 0) as first_day
    from summed
)

select * from judged
