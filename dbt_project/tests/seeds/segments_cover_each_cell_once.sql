-- Fails if one of the 125 combinations of scores has no segment or several, because every customer must be in exactly
-- one.

with

scores as (
    select recency_score as score from {{ ref('rfm_recency_limits') }}
),

cells as (
    select
        recency.score as recency_score,
        frequency.score as frequency_score,
        monetary.score as monetary_score
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary
)

select
    cells.recency_score,
    cells.frequency_score,
    cells.monetary_score,
    count(names.segment) as segments
from cells
left join {{ ref('rfm_segments') }} as segments
    on
        cells.recency_score = segments.recency_score
        and cells.frequency_score = segments.frequency_score
        and cells.monetary_score = segments.monetary_score
left join {{ ref('rfm_segment_names') }} as names
    on segments.segment = names.segment
group by cells.recency_score, cells.frequency_score, cells.monetary_score
having count(names.segment) <> 1
