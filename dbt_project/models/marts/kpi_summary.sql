{#- Each figure: its name, its unit, what it is made of and what that means. -#}
{%- set kpis = [
    ('Revenue', 'money', 'revenue', 'Completed orders minus refunds.'),
    ('Gross Revenue', 'money', 'gross_revenue', 'Completed and refunded orders before refunds.'),
    ('Refunds', 'money', 'refunds', 'What was given back of the orders of the period.'),
    ('Refund Rate', 'share', 'refunds / nullif(gross_revenue, 0)', 'Refunds over gross revenue.'),
    ('Order Count', 'count', 'orders', 'Completed orders.'),
    ('Average Order Value', 'money', 'revenue / nullif(orders, 0)', 'Revenue over completed orders.'),
    ('Customers', 'count', 'customers', 'Customers known at the end of the period.'),
    ('Current Customers', 'count', 'current_customers', 'Customers with a purchase in the churn window up to the end of the period.'),
    ('Active Customers', 'count', 'active_customers', 'Customers with a purchase in the period.'),
    ('New Customers', 'count', 'new_customers', 'Customers with their first purchase in the period.'),
    ('Returning Customers', 'count', 'active_customers - new_customers', 'Active customers who had bought before the period.'),
    ('Returning Share', 'share', '(active_customers - new_customers) / nullif(active_customers, 0)', 'Returning customers over active customers.'),
    ('Revenue per Active Customer', 'money', 'customer_revenue / nullif(active_customers, 0)', 'Revenue of customers over active customers.'),
] -%}
{%- set period_days = var('kpi_period_days') -%}

with

orders as (
    select * from {{ ref('int_orders_valued') }}
),

customer_days as (
    select * from {{ ref('int_customer_days') }}
),

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

-- This period and as many days before it.
periods as (
    select
        steps.month_number as periods_ago,
        {{ add_days('settings.as_of_date', '-' ~ period_days ~ ' * steps.month_number') }} as period_end
    from settings
    cross join lateral {{ integers_to(1) }} as steps
),

bounds as (
    select
        periods_ago,
        period_end,
        {{ add_days('period_end', '1 - ' ~ period_days) }} as period_start,
        {{ add_days('period_end', '1 - ' ~ var('churn_window_days')) }} as churn_window_start
    from periods
),

of_orders as (
    select
        bounds.periods_ago,
        sum(orders.revenue) as revenue,
        sum(orders.gross_revenue) as gross_revenue,
        sum(orders.refunds) as refunds,
        sum(case when orders.customer_key is not null then orders.revenue end) as customer_revenue,
        count(case when orders.status = 'completed' then 1 end) as orders
    from bounds
    inner join orders
        on orders.order_date between bounds.period_start and bounds.period_end
    group by bounds.periods_ago
),

of_days as (
    select
        bounds.periods_ago,
        count(
            distinct case when customer_days.order_date >= bounds.churn_window_start then customer_days.customer_key end
        ) as current_customers,
        count(
            distinct case when customer_days.order_date >= bounds.period_start then customer_days.customer_key end
        ) as active_customers,
        count(
            distinct case when customer_days.first_day >= bounds.period_start then customer_days.customer_key end
        ) as new_customers
    from bounds
    inner join customer_days
        on customer_days.order_date between least(bounds.churn_window_start, bounds.period_start) and bounds.period_end
    where customer_days.is_purchase
    group by bounds.periods_ago
),

of_customers as (
    select
        bounds.periods_ago,
        count(customers.customer_key) as customers
    from bounds
    left join customers
        on coalesce(cast(customers.created_at as date), bounds.period_end) <= bounds.period_end
    group by bounds.periods_ago
),

-- Nothing counts as zero, but for ratios.
joined as (
    select
        bounds.periods_ago,
        bounds.period_start,
        bounds.period_end,
        {% for part in ['revenue', 'gross_revenue', 'refunds', 'customer_revenue', 'orders'] -%}
        coalesce(cast(of_orders.{{ part }} as numeric(28, 6)), 0) as {{ part }},
        {% endfor -%}
        {% for part in ['current_customers', 'active_customers', 'new_customers'] -%}
        coalesce(cast(of_days.{{ part }} as numeric(28, 6)), 0) as {{ part }},
        {% endfor -%}
        cast(of_customers.customers as numeric(28, 6)) as customers
    from bounds
    inner join of_customers
        on bounds.periods_ago = of_customers.periods_ago
    left join of_orders
        on bounds.periods_ago = of_orders.periods_ago
    left join of_days
        on bounds.periods_ago = of_days.periods_ago
),

figures as (
    {% for name, unit, formula, definition in kpis -%}
    select
        {{ loop.index }} as sort_order,
        '{{ name }}' as kpi,
        '{{ unit }}' as unit,
        '{{ definition }}' as definition,
        periods_ago,
        period_start,
        period_end,
        {{ formula }} as figure
    from joined
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}
),

final as (
    select
        this.sort_order,
        this.kpi,
        this.unit,
        this.definition,
        this.period_start,
        this.period_end,
        cast(this.figure as numeric(18, 4)) as this_period,
        cast(previous.figure as numeric(18, 4)) as previous_period,
        cast(this.figure - previous.figure as numeric(18, 4)) as absolute_change,
        cast(
            {{ dbt_utils.safe_divide('this.figure - previous.figure', 'previous.figure') }} as numeric(18, 4)
        ) as relative_change
    from figures as this
    inner join figures as previous
        on this.sort_order = previous.sort_order
    where
        this.periods_ago = 0
        and previous.periods_ago = 1
)

select * from final
