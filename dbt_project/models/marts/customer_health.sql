with

rfm as (
    select * from {{ ref('customer_rfm') }}
),

metrics as (
    select * from {{ ref('customer_metrics_advanced') }}
),

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

histories as (
    select * from {{ ref('int_customer_histories') }}
),

engagement as (
    select * from {{ ref('int_customer_engagement') }}
),

weights as (
    select * from {{ ref('int_health_weights') }}
),

bands as (
    select * from {{ ref('health_bands') }}
),

-- Each factor lies between 0 (worst) and 1 (best): the chance to be a customer still, which weighs the silence against
-- the customer's own rhythm; places among all; how much of two mean baskets the later one is, the middle for one
-- purchase.
factors as (
    select
        histories.customer_key,
        metrics.p_alive as recency,
        (histories.repeats_place + 1) / 2 as frequency,
        (histories.spend_place + 1) / 2 as monetary,
        coalesce(
            {{ dbt_utils.safe_divide('purchases.later_basket', 'purchases.later_basket + purchases.earlier_basket') }},
            0.5
        ) as basket_trend,
        engagement.engagement_factor as engagement
    from histories
    inner join metrics
        on histories.customer_key = metrics.customer_key
    inner join engagement
        on histories.customer_key = engagement.customer_key
    inner join purchases
        on histories.customer_key = purchases.customer_key
),

-- Points are rounded first, so that they add up to the score that is shown.
contributions as (
    select
        factors.customer_key,
        cast(factors.recency * weights.recency as numeric(5, 2)) as recency_points,
        cast(factors.frequency * weights.frequency as numeric(5, 2)) as frequency_points,
        cast(factors.monetary * weights.monetary as numeric(5, 2)) as monetary_points,
        cast(factors.basket_trend * weights.basket_trend as numeric(5, 2)) as basket_trend_points,
        cast(factors.engagement * weights.engagement as numeric(5, 2)) as engagement_points
    from factors
    cross join weights
),

scored as (
    select
        customer_key,
        recency_points,
        frequency_points,
        monetary_points,
        basket_trend_points,
        engagement_points,
        cast(
            recency_points + frequency_points + monetary_points + basket_trend_points + engagement_points
            as numeric(5, 2)
        ) as health_score
    from contributions
),

final as (
    select
        rfm.customer_key,
        scored.health_score,
        coalesce(bands.band, 'No purchases') as health_band,
        scored.recency_points,
        scored.frequency_points,
        scored.monetary_points,
        scored.basket_trend_points,
        scored.engagement_points,
        coalesce(metrics.churn_probability >= {{ var('high_churn_risk_from') }}, false) as high_churn_risk
    from rfm
    inner join metrics
        on rfm.customer_key = metrics.customer_key
    left join scored
        on rfm.customer_key = scored.customer_key
    left join bands
        on scored.health_score >= bands.score_from and scored.health_score < bands.score_below
)

select * from final
