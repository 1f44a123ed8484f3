with

customer_days as (
    select * from {{ ref('int_customer_days') }}
),

-- Of an odd number of purchases the middle one belongs to neither half.
summed as (
    select
        customer_key,
        sum(orders) as orders,
        cast(sum(revenue) as numeric(18, 2)) as revenue,
        count(case when is_purchase then 1 end) as purchases,
        min(case when is_purchase then order_date end) as first_purchase_date,
        max(case when is_purchase then order_date end) as last_purchase_date,
        avg(case when is_purchase then revenue end) as average_basket,
        avg(case when is_purchase and day_number * 2 <= day_count then revenue end) as earlier_basket,
        avg(case when is_purchase and day_number * 2 > day_count + 1 then revenue end) as later_basket
    from customer_days
    group by customer_key
)

select * from summed
