{#- Points in time: 0 is the as-of date, 1 the end of the month before it, and so on. -#}
{%- set months = var('segment_history_months') -%}
{%- set last_row = {'': 'current row', 'previous_': '1 preceding'} -%}

with

customers as (
    select * from {{ ref('int_customer_deduped') }}
),

customer_days as (
    select * from {{ ref('int_customer_days') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

-- For each two scores the segment by how long ago the last purchase is at most.
segments as (
    select
        segments.frequency_score,
        segments.monetary_score,
        {% for score in [5, 4, 3, 2, 1] -%}
        max(case when segments.recency_score = {{ score }} then recency_limits.days_to end) as days_to_{{ score }},
        max(case when segments.recency_score = {{ score }} then segments.segment end) as segment_{{ score }},
        {% endfor -%}
        count(*) as recency_scores
    from {{ ref('rfm_segments') }} as segments
    inner join {{ ref('rfm_recency_limits') }} as recency_limits
        on segments.recency_score = recency_limits.recency_score
    group by
        segments.frequency_score,
        segments.monetary_score
),

-- What happened up to each point and after the one before it; what is older than the first point counts there. Who has
-- no day of birth as a customer was always there.
happened as (
    select
        customer_days.customer_key,
        least({{ months_between('customer_days.order_date', 'settings.as_of_date') }}, {{ months }}) as months_ago,
        case when customer_days.is_purchase then 1 else 0 end as purchases,
        customer_days.revenue,
        case when customer_days.is_purchase then customer_days.order_date end as last_purchase_date
    from customer_days
    cross join settings

    union all

    select
        customers.customer_key,
        least(
            coalesce({{ months_between('customers.created_at', 'settings.as_of_date') }}, {{ months }}), {{ months }}
        ) as months_ago,
        0 as purchases,
        0 as revenue,
        null as last_purchase_date
    from customers
    cross join settings
),

summed as (
    select
        customer_key,
        months_ago,
        sum(purchases) as purchases,
        sum(revenue) as revenue,
        max(last_purchase_date) as last_purchase_date
    from happened
    group by
        customer_key,
        months_ago
),

-- What was known of a customer from one point to the one before the next at which something had happened, and what had
-- been known before; nothing at the first.
known as (
    select
        customer_key,
        months_ago,
        revenue as month_revenue,
        {% for prefix in ['', 'previous_'] -%}
        cast(
            sum(purchases) over (
                partition by customer_key order by months_ago desc
                rows between unbounded preceding and {{ last_row[prefix] }}
            ) as integer
        ) as {{ prefix }}purchases,
        sum(revenue) over (
            partition by customer_key order by months_ago desc
            rows between unbounded preceding and {{ last_row[prefix] }}
        ) as {{ prefix }}revenue,
        max(last_purchase_date) over (
            partition by customer_key order by months_ago desc
            rows between unbounded preceding and {{ last_row[prefix] }}
        ) as {{ prefix }}last_purchase_date,
        {% endfor -%}
        coalesce(lead(months_ago) over (partition by customer_key order by months_ago desc), -1) as next_months_ago
    from summed
),

states as (
    select
        known.customer_key,
        known.months_ago - steps.month_number as months_ago,
        known.purchases,
        known.revenue,
        known.last_purchase_date,
        case when steps.month_number = 0 then known.previous_purchases else known.purchases end as previous_purchases,
        case when steps.month_number = 0 then known.previous_revenue else known.revenue end as previous_revenue,
        case
            when steps.month_number = 0 then known.previous_last_purchase_date else known.last_purchase_date
        end as previous_last_purchase_date,
        case when steps.month_number = 0 then known.month_revenue else 0 end as month_revenue
    from known
    cross join lateral {{ integers_to('known.months_ago - known.next_months_ago - 1') }} as steps
),

-- The least that gives each score at each point: fifths of the distinct values of those who had bought, as in
-- customer_rfm.
{% for measure in ['purchases', 'revenue'] -%}
{{ measure }}_values as (
    select
        months_ago,
        {{ measure }},
        row_number() over (partition by months_ago order by {{ measure }}) as value_rank,
        count(*) over (partition by months_ago) as distinct_values
    from states
    where purchases > 0
    group by
        months_ago,
        {{ measure }}
),

{{ measure }}_limits as (
    select
        months_ago,
        {% for score in [2, 3, 4, 5] -%}
        min(
            case when {{ quantile_score('value_rank', 'distinct_values') }} >= {{ score }} then {{ measure }} end
        ) as {{ measure }}_of_{{ score }},
        {% endfor -%}
        count(*) as distinct_values
    from {{ measure }}_values
    group by months_ago
),

{% endfor -%}
days_of_months as (
    select
        dates.date_day,
        {{ months_between('dates.date_day', 'settings.as_of_date') }} as months_ago
    from dates
    cross join settings
    where dates.date_day <= settings.as_of_date
),

month_ends as (
    select
        months_ago,
        max(date_day) as month_end
    from days_of_months
    group by months_ago
),

points as (
    select
        month_ends.months_ago,
        {% for score in [2, 3, 4, 5] -%}
        purchases_limits.purchases_of_{{ score }},
        revenue_limits.revenue_of_{{ score }},
        {% endfor -%}
        month_ends.month_end
    from month_ends
    left join purchases_limits
        on month_ends.months_ago = purchases_limits.months_ago
    left join revenue_limits
        on month_ends.months_ago = revenue_limits.months_ago
),

-- The first point only tells where everybody came from.
scored as (
    select
        states.customer_key,
        states.month_revenue,
        points.month_end,
        states.previous_purchases is not null and previous_points.month_end is not null as was_known,
        {% for prefix in ['', 'previous_'] -%}
        case
            when states.{{ prefix }}purchases > 0
                then {{ days_since('states.' ~ prefix ~ 'last_purchase_date', prefix ~ 'points.month_end') }}
        end as {{ prefix }}recency_days,
        {% for measure, score_of in {'purchases': 'frequency_score', 'revenue': 'monetary_score'}.items() -%}
        1
        {%- for score in [2, 3, 4, 5] %}
        + case
            when states.{{ prefix }}{{ measure }} >= {{ prefix }}points.{{ measure }}_of_{{ score }} then 1 else 0
        end
        {%- endfor %} as {{ prefix }}{{ score_of }},
        {% endfor -%}
        {% endfor -%}
        states.months_ago
    from states
    inner join points
        on states.months_ago = points.months_ago
    left join points as previous_points
        on states.months_ago + 1 = previous_points.months_ago
    where states.months_ago < {{ months }}
),

final as (
    select
        scored.customer_key,
        scored.month_end,
        {% for prefix in ['previous_', ''] -%}
        case
            {% if prefix -%}
            when not scored.was_known then 'Not yet known'
            {% endif -%}
            {% for score in [5, 4, 3, 2, 1] -%}
            when scored.{{ prefix }}recency_days <= {{ prefix }}segments.days_to_{{ score }}
                then {{ prefix }}segments.segment_{{ score }}
            {% endfor -%}
            else 'No purchases'
        end as {{ prefix }}segment,
        {% endfor -%}
        cast(scored.month_revenue as numeric(18, 2)) as revenue
    from scored
    left join segments
        on
            scored.frequency_score = segments.frequency_score
            and scored.monetary_score = segments.monetary_score
    left join segments as previous_segments
        on
            scored.previous_frequency_score = previous_segments.frequency_score
            and scored.previous_monetary_score = previous_segments.monetary_score
)

select * from final
