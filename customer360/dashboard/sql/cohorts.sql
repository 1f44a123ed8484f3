-- Cohorts by the month of the first purchase, as in cohort_retention, by what customers are filtered by.
with

members as ({members}),

customer_days as (
    select
        customer_key,
        order_date,
        sum(revenue) as revenue,
        coalesce(sum(revenue) > 0, false) as is_purchase
    from warehouse.fct_orders
    where customer_key is not null
    group by customer_key, order_date
),

-- A refund before the first purchase counts in the cohort's own month.
days as (
    select
        members.segment,
        members.health_band,
        members.country,
        customer_days.*,
        cast(date_trunc('month', members.first_purchase_date) as date) as cohort_month,
        greatest(
            0,
            (extract(year from order_date) - extract(year from first_purchase_date)) * 12
            + extract(month from order_date) - extract(month from first_purchase_date)
        )::integer as months_since
    from customer_days
    inner join members using (customer_key)
    where first_purchase_date is not null
)

select
    segment,
    health_band,
    country,
    cohort_month,
    months_since,
    count(distinct customer_key) filter (where is_purchase) as customers,
    sum(revenue) as revenue
from days
group by segment, health_band, country, cohort_month, months_since
order by cohort_month, months_since, segment, health_band, country
