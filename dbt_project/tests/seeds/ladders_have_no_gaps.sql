-- Fails if a number of days or a health score falls on no rung of its ladder or on two, or the weights do not add up to
-- 100, because then a customer would have no score or two.

with

recency_rungs as (
    select
        days_from,
        coalesce(lag(days_to) over (order by days_from), -1) as previous_to
    from {{ ref('rfm_recency_limits') }}
),

bands as (
    select
        score_from,
        coalesce(lag(score_below) over (order by score_from), 0) as previous_below
    from {{ ref('health_bands') }}
),

violations as (
    select 'rfm_recency_limits' as what
    from recency_rungs
    where days_from <> previous_to + 1

    union all

    select 'rfm_recency_limits end too soon' as what
    from {{ ref('rfm_recency_limits') }}
    having max(days_to) < 999999

    union all

    select 'health_bands' as what
    from bands
    where score_from <> previous_below

    union all

    select 'health_bands end below 100' as what
    from {{ ref('health_bands') }}
    having max(score_below) <= 100

    union all

    select 'health_weights' as what
    from {{ ref('health_weights') }}
    having sum(points) <> 100
)

select * from violations
