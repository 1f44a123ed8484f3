-- Fails if a customer's segment on the as-of date is another one in the history than in customer_rfm, or a month does
-- not begin with the segments with which the one before ended, because both come from the same rules.

with

settings as (
    select * from {{ ref('stg_run_settings') }}
),

history as (
    select * from {{ ref('customer_segment_history') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

migration as (
    select * from {{ ref('segment_migration') }}
),

today as (
    select
        history.customer_key,
        history.segment
    from history
    inner join settings
        on history.month_end = settings.as_of_date
),

began as (
    select
        month_end,
        from_segment as segment,
        sum(customers) as customers
    from migration
    where from_segment <> 'Not yet known'
    group by
        month_end,
        from_segment
),

ended as (
    select
        month_end,
        {{ dbt.last_day(dbt.dateadd('month', 1, dbt.date_trunc('month', 'month_end')), 'month') }} as next_month_end,
        to_segment as segment,
        sum(customers) as customers
    from migration
    group by
        month_end,
        to_segment
),

violations as (
    select
        'customer' as what,
        cast(coalesce(rfm.customer_key, today.customer_key) as text) as who
    from rfm
    full outer join today
        on rfm.customer_key = today.customer_key
    where rfm.segment is distinct from today.segment

    union all

    select
        'month' as what,
        began.segment || ' of ' || cast(began.month_end as text) as who
    from began
    cross join settings
    left join ended
        on
            began.segment = ended.segment
            and settings.as_of_date > ended.month_end
            and began.month_end = least(ended.next_month_end, settings.as_of_date)
    where
        began.customers is distinct from ended.customers
        and began.month_end > (select min(migration.month_end) from migration)
)

select * from violations
