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
)

select *
from sums
where expected is distinct from found
