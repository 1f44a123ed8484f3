{{ config(materialized='view') }}
with

health_weights as (
    {{ folder_seed('health_weights') }}
),

pivoted as (
    select
        max(case when factor = 'recency' then points end) as recency,
        max(case when factor = 'frequency' then points end) as frequency,
        max(case when factor = 'monetary' then points end) as monetary,
        max(case when factor = 'basket_trend' then points end) as basket_trend,
        max(case when factor = 'engagement' then points end) as engagement
    from health_weights
)

select * from pivoted
