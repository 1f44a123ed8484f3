with

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

recency_limits as (
    select * from {{ ref('rfm_recency_limits') }}
),

segments as (
    select * from {{ ref('rfm_segments') }}
),

buyers as (
    select
        purchases.customer_key,
        purchases.first_purchase_date,
        purchases.last_purchase_date,
        {{ days_since('purchases.last_purchase_date', 'settings.as_of_date') }} as recency_days,
        purchases.purchases,
        purchases.revenue,
        dense_rank() over (order by purchases.purchases) as frequency_rank,
        dense_rank() over (order by purchases.revenue) as monetary_rank
    from purchases
    cross join settings
    where purchases.purchases > 0
),

distinct_values as (
    select
        max(frequency_rank) as frequency_values,
        max(monetary_rank) as monetary_values
    from buyers
),

scored as (
    select
        buyers.customer_key,
        buyers.recency_days,
        recency_limits.recency_score,
        {{ quantile_score('buyers.frequency_rank', 'distinct_values.frequency_values') }} as frequency_score,
        {{ quantile_score('buyers.monetary_rank', 'distinct_values.monetary_values') }} as monetary_score
    from buyers
    cross join distinct_values
    inner join recency_limits
        on buyers.recency_days between recency_limits.days_from and recency_limits.days_to
),

-- Who never bought has no scores and is a class of their own.
final as (
    select
        customers.customer_key,
        purchases.first_purchase_date,
        purchases.last_purchase_date,
        scored.recency_days,
        cast(coalesce(purchases.purchases, 0) as integer) as frequency,
        cast(coalesce(purchases.revenue, 0) as numeric(18, 2)) as monetary,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        cast(
            scored.recency_score * 100 + scored.frequency_score * 10 + scored.monetary_score as integer
        ) as rfm_cell,
        coalesce(segments.segment, 'No purchases') as segment,
        coalesce(segments.segment_group, 'No purchases') as segment_group
    from customers
    left join purchases
        on customers.customer_key = purchases.customer_key
    left join scored
        on customers.customer_key = scored.customer_key
    left join segments
        on
            scored.recency_score = segments.recency_score
            and scored.frequency_score = segments.frequency_score
            and scored.monetary_score = segments.monetary_score
)

select * from final
