with

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

customer_days as (
    select * from {{ ref('int_customer_days') }}
),

-- The unique columns at the end decide between equals, so that the tenths are the same each time.
ranked as (
    select
        'customers' as ranked_by,
        ntile(10) over (order by revenue desc, customer_key asc) as decile,
        revenue
    from purchases
    where purchases > 0

    union all

    select
        'baskets' as ranked_by,
        ntile(10) over (order by revenue desc, customer_key asc, order_date asc) as decile,
        revenue
    from customer_days
    where is_purchase
),

summed as (
    select
        ranked_by,
        decile,
        count(*) as members,
        sum(revenue) as revenue,
        min(revenue) as smallest,
        max(revenue) as largest
    from ranked
    group by
        ranked_by,
        decile
),

final as (
    select
        ranked_by,
        cast(decile as integer) as decile,
        cast(members as integer) as members,
        cast(revenue as numeric(18, 2)) as revenue,
        cast(
            {{ dbt_utils.safe_divide('revenue', 'sum(revenue) over (partition by ranked_by)') }} as numeric(18, 6)
        ) as revenue_share,
        cast(
            {{ dbt_utils.safe_divide(
                'sum(revenue) over (partition by ranked_by order by decile)',
                'sum(revenue) over (partition by ranked_by)'
            ) }} as numeric(18, 6)
        ) as cumulative_revenue_share,
        cast(revenue / members as numeric(18, 2)) as average_revenue,
        cast(smallest as numeric(18, 2)) as smallest_revenue,
        cast(largest as numeric(18, 2)) as largest_revenue
    from summed
)

select * from final
