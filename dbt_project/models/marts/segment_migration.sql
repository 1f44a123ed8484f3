with

history as (
    select * from {{ ref('customer_segment_history') }}
),

final as (
    select
        month_end,
        previous_segment as from_segment,
        segment as to_segment,
        cast(count(*) as integer) as customers,
        cast(sum(revenue) as numeric(18, 2)) as revenue
    from history
    group by
        month_end,
        previous_segment,
        segment
)

select * from final
