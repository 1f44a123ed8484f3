with

customer_days as (
    select * from {{ ref('int_customer_days') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

-- Late is after the middle of the time since the first purchase. Of an odd number of purchases the middle one belongs
-- to neither half of the baskets.
summed as (
    select
        customer_days.customer_key,
        sum(customer_days.orders) as orders,
        cast(sum(customer_days.revenue) as numeric(18, 2)) as revenue,
        count(case when customer_days.is_purchase then 1 end) as purchases,
        count(
            case
                when
                    customer_days.is_purchase
                    and 2 * {{ days_since('customer_days.first_day', 'customer_days.order_date') }}
                    > {{ days_since('customer_days.first_day', 'settings.as_of_date') }}
                    then 1
            end
        ) as late_purchases,
        count(
            case
                when
                    customer_days.is_purchase
                    and {{ days_since('customer_days.order_date', 'settings.as_of_date') }} < 365
                    then 1
            end
        ) as last_year_purchases,
        cast(
            sum(
                case
                    when {{ days_since('customer_days.order_date', 'settings.as_of_date') }} < 365
                        then customer_days.revenue
                    else 0
                end
            ) as numeric(18, 2)
        ) as last_year_revenue,
        min(case when customer_days.is_purchase then customer_days.order_date end) as first_purchase_date,
        max(case when customer_days.is_purchase then customer_days.order_date end) as last_purchase_date,
        max(
            case
                when customer_days.is_purchase and customer_days.day_number = customer_days.day_count
                    then customer_days.currency
            end
        ) as last_currency,
        avg(case when customer_days.is_purchase then customer_days.revenue end) as average_basket,
        avg(
            case
                when customer_days.is_purchase and customer_days.day_number * 2 <= customer_days.day_count
                    then customer_days.revenue
            end
        ) as earlier_basket,
        avg(
            case
                when customer_days.is_purchase and customer_days.day_number * 2 > customer_days.day_count + 1
                    then customer_days.revenue
            end
        ) as later_basket
    from customer_days
    cross join settings
    group by customer_days.customer_key
)

select * from summed
