{%- set horizons = horizons_days() -%}

with

purchases as (
    select * from {{ ref('int_customer_purchases') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

-- What a customer of whom little is known borrows from everybody else.
everybody as (
    select
        sum(purchases.purchases - 1) as repeat_purchases,
        sum({{ days_since('purchases.first_purchase_date', 'settings.as_of_date') }}) as days_observed,
        sum({{ days_since('purchases.first_purchase_date', 'purchases.last_purchase_date') }}) as days_between,
        avg(purchases.average_basket) as average_basket
    from purchases
    cross join settings
    where purchases.purchases > 0
),

buyers as (
    select
        purchases.customer_key,
        purchases.purchases,
        purchases.last_purchase_date,
        {{ days_since('purchases.first_purchase_date', 'settings.as_of_date') }} as tenure_days,
        {{ days_since('purchases.last_purchase_date', 'settings.as_of_date') }} as recency_days,
        -- the usual gap: the customer's own ones and the prior's
        cast(
            greatest(
                (
                    {{ days_since('purchases.first_purchase_date', 'purchases.last_purchase_date') }}
                    + {{ var('prior_purchases') }} * coalesce(
                        everybody.days_between / nullif(everybody.repeat_purchases, 0), {{ var('churn_window_days') }}
                    )
                ) / (purchases.purchases - 1 + {{ var('prior_purchases') }}),
                1
            ) as double precision
        ) as usual_gap_days,
        -- repeat purchases a day since the first one: the customer's own and the prior's
        cast(
            (purchases.purchases - 1 + {{ var('prior_purchases') }})
            / (
                {{ days_since('purchases.first_purchase_date', 'settings.as_of_date') }}
                + {{ var('prior_purchases') }} * coalesce(
                    everybody.days_observed / nullif(everybody.repeat_purchases, 0), {{ var('churn_window_days') }}
                )
                + 1
            ) as double precision
        ) as purchases_per_day,
        (
            purchases.purchases * purchases.average_basket + {{ var('prior_baskets') }} * everybody.average_basket
        ) / (purchases.purchases + {{ var('prior_baskets') }}) as expected_basket
    from purchases
    cross join everybody
    cross join settings
    where purchases.purchases > 0
),

alive as (
    select
        customer_key,
        last_purchase_date,
        tenure_days,
        recency_days,
        usual_gap_days,
        purchases_per_day,
        expected_basket,
        -- beyond 500 half-lives nothing is left that a double precision number could tell from zero
        power(0.5, least(recency_days / ({{ var('gaps_to_half_life') }} * usual_gap_days), 500)) as p_alive
    from buyers
),

predicted as (
    select
        customer_key,
        tenure_days,
        usual_gap_days,
        p_alive,
        1 - p_alive * (1 - exp(-{{ var('churn_window_days') }} / usual_gap_days)) as churn_probability,
        {% for days in horizons -%}
        p_alive * purchases_per_day * {{ days }} as expected_orders_{{ days }}d,
        p_alive * purchases_per_day * {{ days }} * expected_basket as expected_value_{{ days }}d,
        {% endfor -%}
        {{ add_days('last_purchase_date', 'round(usual_gap_days)') }} as predicted_next_order_date
    from alive
)

select * from predicted
