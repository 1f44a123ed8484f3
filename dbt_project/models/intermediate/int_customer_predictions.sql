{#- The terms of the two regressions; those that have a mean to stand apart from are centred. -#}
{%- set centred = ['repeats_log', 'late_log_ratio', 'last_year_log', 'has_visited'] -%}
{%- set shared = [
    'spend_place', 'recency_place', 'repeats_place', 'late_log_ratio', 'last_year_log', 'has_complained'
] -%}
{%- set terms = {'buys': shared + ['has_visited'], 'orders': shared + ['repeats_log']} -%}
{%- set spans = outlook_days() -%}

with

histories as (
    select * from {{ ref('int_customer_histories') }}
),

outlooks as (
    select * from {{ ref('int_customer_outlooks') }}
),

prediction_weights as (
    {{ folder_seed('prediction_weights') }}
),

spend_parameters as (
    {{ folder_seed('spend_parameters') }}
),

weights as (
    select
        {% for part in terms -%}
        {% for term in ['constant', 'own_outlook', 'common_outlook'] + terms[part] -%}
        max(case when part = '{{ part }}' and term = '{{ term }}' then weight end) as {{ part }}_{{ term }},
        {% endfor -%}
        {% endfor -%}
        count(*) as terms
    from prediction_weights
),

-- The Gamma-Gamma model of the customer's currency says what everybody's basket is, and how many purchases it weighs.
-- Where no fit says what it is, it is the mean of those that are here.
baskets as (
    select
        histories.customer_key,
        (spend_parameters.customer_shape - 1) / spend_parameters.purchase_shape as prior_purchases,
        coalesce(
            spend_parameters.customer_rate * spend_parameters.purchase_shape / (spend_parameters.customer_shape - 1),
            histories.everybodys_basket
        ) as prior_basket
    from histories
    inner join spend_parameters
        on spend_parameters.currency = case
                when histories.last_currency in (select fitted.currency from spend_parameters as fitted)
                    then histories.last_currency
                else 'other'
            end
),

-- What the customer types say, as the logarithm of the odds to buy and as purchases beyond the first.
seen as (
    select
        histories.*,
        {% for days in spans -%}
        outlooks.buys_{{ days }}d,
        outlooks.orders_{{ days }}d,
        {{ log_odds('outlooks.buys_' ~ days ~ 'd') }} as odds_log_{{ days }}d,
        greatest(
            outlooks.orders_{{ days }}d / greatest(outlooks.buys_{{ days }}d, 1e-12) - 1, 1e-6
        ) as more_{{ days }}d,
        {% endfor -%}
        outlooks.p_alive
    from histories
    inner join outlooks
        on histories.customer_key = outlooks.customer_key
),

-- Rounded, so that the order in which a mean was added up makes no difference.
everybody as (
    select
        {% for days in spans -%}
        cast(cast(avg(odds_log_{{ days }}d) as numeric(18, 9)) as double precision) as odds_log_{{ days }}d,
        cast(
            cast(
                ln(sum(buys_{{ days }}d * more_{{ days }}d) / nullif(sum(buys_{{ days }}d), 0)) as numeric(18, 9)
            ) as double precision
        ) as more_log_{{ days }}d,
        {% endfor -%}
        {% for term in centred -%}
        cast(cast(avg({{ term }}) as numeric(18, 9)) as double precision) as {{ term }}
        {%- if not loop.last %},
        {% endif -%}
        {% endfor %}
    from seen
),

regressed as (
    select
        seen.*,
        {% for part in terms -%}
        weights.{{ part }}_constant + {% for term in terms[part] -%}
        weights.{{ part }}_{{ term }} * (seen.{{ term }}{{ ' - everybody.' ~ term if term in centred }})
        {%- if not loop.last %} + {% endif -%}
        {% endfor %} as {{ part }}_own,
        {% endfor -%}
        {% for days in spans -%}
        weights.buys_own_outlook * seen.odds_log_{{ days }}d
        + weights.buys_common_outlook * everybody.odds_log_{{ days }}d as buys_outlook_{{ days }}d,
        weights.orders_own_outlook * ln(seen.more_{{ days }}d)
        + weights.orders_common_outlook * everybody.more_log_{{ days }}d as orders_outlook_{{ days }}d,
        {% endfor -%}
        (seen.purchases * seen.average_basket + baskets.prior_purchases * baskets.prior_basket)
        / (seen.purchases + baskets.prior_purchases) as expected_basket,
        {{ var('own_history_purchases') }}
        / ({{ var('own_history_purchases') }} + seen.repeats) as regression_share
    from seen
    cross join everybody
    cross join weights
    inner join baskets
        on seen.customer_key = baskets.customer_key
),

chances as (
    select
        {% for days in spans -%}
        1 / (1 + exp(-least(greatest(buys_own + buys_outlook_{{ days }}d, -13.8), 13.8))) as chance_{{ days }}d,
        {% endfor -%}
        *
    from regressed
),

counted as (
    select
        {% for days in horizons_days() -%}
        regression_share * chance_{{ days }}d * (1 + exp(least(orders_own + orders_outlook_{{ days }}d, 20)))
        + (1 - regression_share) * orders_{{ days }}d as expected_orders_{{ days }}d,
        {% endfor -%}
        *
    from chances
),

predicted as (
    select
        customer_key,
        tenure_days,
        usual_gap_days,
        p_alive,
        1 - chance_{{ var('churn_window_days') }}d as churn_probability,
        expected_basket,
        {% for days in horizons_days() -%}
        expected_orders_{{ days }}d,
        expected_orders_{{ days }}d * expected_basket as expected_value_{{ days }}d,
        {% endfor -%}
        {{ add_days('last_purchase_date', 'round(usual_gap_days)') }} as predicted_next_order_date
    from counted
)

select * from predicted
