-- Fails if money appears or vanishes between the orders and a mart, because revenue must be the same before and after
-- records are merged into customers, and in every sum over them.

with

staged_orders as (
    select * from {{ ref('stg_orders') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

staged as (
    select
        source,
        sum(amount) as amount
    from staged_orders
    where rejected_reason is null
    group by source
),

kept as (
    select
        source,
        sum(amount) as amount
    from orders
    group by source
),

-- before merging: of the orders that name somebody
of_records as (
    select coalesce(sum(orders.revenue), 0) as revenue
    from orders
    inner join staged_orders
        on orders.order_key = staged_orders.order_key
    where staged_orders.record_id is not null
),

of_customers as (
    select
        coalesce(sum(case when customer_key is not null then revenue end), 0) as revenue,
        coalesce(sum(revenue), 0) as all_revenue,
        coalesce(sum(gross_revenue) - sum(refunds), 0) as net_revenue
    from orders
),

rfm as (
    select
        coalesce(sum(monetary), 0) as revenue,
        coalesce(sum(case when frequency > 0 then monetary end), 0) as revenue_of_buyers
    from {{ ref('customer_rfm') }}
),

metrics as (
    select coalesce(sum(ltv_actual), 0) as revenue from {{ ref('customer_metrics_advanced') }}
),

segments as (
    select coalesce(sum(revenue), 0) as revenue from {{ ref('segment_summary') }}
),

cohorts as (
    select coalesce(sum(revenue), 0) as revenue from {{ ref('cohort_retention') }}
),

channels as (
    select coalesce(sum(revenue), 0) as revenue from {{ ref('channel_quality') }}
),

concentration as (
    select
        coalesce(sum(case when ranked_by = 'customers' then revenue end), 0) as revenue_of_buyers,
        coalesce(sum(case when ranked_by = 'baskets' then revenue end), 0) as revenue_of_baskets
    from {{ ref('revenue_concentration') }}
),

of_purchases as (
    select coalesce(sum(purchase_days.revenue), 0) as revenue
    from (
        select sum(orders.revenue) as revenue
        from orders
        where orders.customer_key is not null
        group by orders.customer_key, orders.date_key
        having sum(orders.revenue) > 0
    ) as purchase_days
),

kpis as (
    select
        period_start,
        period_end,
        this_period as revenue
    from {{ ref('kpi_summary') }}
    where kpi = 'Revenue'
),

of_period as (
    select coalesce(sum(orders.revenue), 0) as revenue
    from kpis
    left join orders
        on orders.order_date between kpis.period_start and kpis.period_end
),

months as (
    select
        month_end,
        sum(revenue) as revenue
    from {{ ref('segment_migration') }}
    group by month_end
),

of_months as (
    select
        months.month_end,
        coalesce(sum(orders.revenue), 0) as revenue
    from months
    left join orders
        on
            orders.customer_key is not null
            and orders.order_date between {{ dbt.date_trunc('month', 'months.month_end') }} and months.month_end
    group by months.month_end
),

sums as (
    select
        'amounts of ' || staged.source as what,
        staged.amount as expected,
        kept.amount as found
    from staged
    left join kept
        on staged.source = kept.source

    union all

    select
        'gross minus refunds' as what,
        net_revenue as expected,
        all_revenue as found
    from of_customers

    union all

    select
        'customers after merging' as what,
        of_records.revenue as expected,
        of_customers.revenue as found
    from of_records
    cross join of_customers

    union all

    select
        'customer_rfm' as what,
        of_customers.revenue as expected,
        rfm.revenue as found
    from of_customers
    cross join rfm

    union all

    select
        'customer_metrics_advanced' as what,
        of_customers.revenue as expected,
        metrics.revenue as found
    from of_customers
    cross join metrics

    union all

    select
        'segment_summary' as what,
        of_customers.revenue as expected,
        segments.revenue as found
    from of_customers
    cross join segments

    union all

    select
        'cohort_retention' as what,
        rfm.revenue_of_buyers as expected,
        cohorts.revenue as found
    from rfm
    cross join cohorts

    union all

    select
        'channel_quality' as what,
        of_customers.revenue as expected,
        channels.revenue as found
    from of_customers
    cross join channels

    union all

    select
        'revenue_concentration, customers' as what,
        rfm.revenue_of_buyers as expected,
        concentration.revenue_of_buyers as found
    from rfm
    cross join concentration

    union all

    select
        'revenue_concentration, baskets' as what,
        of_purchases.revenue as expected,
        concentration.revenue_of_baskets as found
    from of_purchases
    cross join concentration

    union all

    select
        'kpi_summary' as what,
        of_period.revenue as expected,
        kpis.revenue as found
    from of_period
    cross join kpis

    union all

    select
        'segment_migration of ' || cast(months.month_end as text) as what,
        of_months.revenue as expected,
        months.revenue as found
    from months
    inner join of_months
        on months.month_end = of_months.month_end
)

select *
from sums
where expected is distinct from found
