{%- set spans = outlook_days() -%}

with

histories as (
    select * from {{ ref('int_customer_histories') }}
),

customer_types as (
    {{ folder_seed('customer_types') }}
),

types as (
    select
        share,
        rate_shape,
        rate_scale_days,
        leave_probability,
        rate_shape * ln(rate_scale_days) as scale_log,
        ln(1 - leave_probability) as stay_log,
        ln(nullif(leave_probability, 0)) as leave_log
    from customer_types
),

-- Who cannot be told apart is looked at once.
seen as (
    select distinct
        repeats,
        cast(active_days as double precision) as active_days,
        cast(tenure_days as double precision) as tenure_days
    from histories
),

-- Likelihoods are compared with about the highest that any type could reach, lest they all be too small for a number.
gentlest as (
    select
        max(rate_shape) as rate_shape,
        max(case when leave_log is not null then stay_log end) as stay_log,
        max(leave_log) as leave_log
    from types
),

measured as (
    select
        seen.repeats,
        seen.active_days,
        seen.tenure_days,
        case
            when seen.repeats = 0 then 0
            else
                gentlest.rate_shape * ln(gentlest.rate_shape / seen.repeats)
                - (gentlest.rate_shape + seen.repeats) * ln((gentlest.rate_shape + seen.repeats) / seen.repeats)
                + greatest(
                    -seen.repeats * ln(seen.tenure_days),
                    -seen.repeats * ln(seen.active_days)
                    + seen.repeats * gentlest.stay_log
                    + gentlest.leave_log
                )
        end as reference_log
    from seen
    cross join gentlest
),

-- For each type: how likely the history is with the customer still there, and with the customer gone since the last
-- purchase. Exponents are cut off where numbers end.
compared as (
    select
        measured.repeats,
        measured.active_days,
        measured.tenure_days,
        types.leave_probability,
        types.rate_shape + measured.repeats as rate_shape,
        types.rate_scale_days + measured.tenure_days as rate_scale_days,
        types.share * exp(
            greatest(
                types.scale_log
                + (measured.repeats + 1) * types.stay_log
                - (types.rate_shape + measured.repeats) * ln(types.rate_scale_days + measured.tenure_days)
                - measured.reference_log,
                -700
            )
        ) as alive,
        coalesce(
            types.share * exp(
                greatest(
                    types.scale_log
                    + measured.repeats * types.stay_log
                    + types.leave_log
                    - (types.rate_shape + measured.repeats) * ln(types.rate_scale_days + measured.active_days)
                    - measured.reference_log,
                    case when types.leave_log is not null then -700 end
                )
            ),
            0
        ) as gone
    from measured
    cross join types
),

summed as (
    select
        repeats,
        active_days,
        tenure_days,
        {% for days in spans -%}
        sum(alive * (1 - exp(greatest(-rate_shape * ln(1 + {{ days }} / rate_scale_days), -700))))
        / sum(alive + gone) as buys_{{ days }}d,
        sum(
            alive * case
                when leave_probability > 0
                    then (
                        1 - exp(greatest(-rate_shape * ln(1 + leave_probability * {{ days }} / rate_scale_days), -700))
                    ) / leave_probability
                else rate_shape / rate_scale_days * {{ days }}
            end
        ) / sum(alive + gone) as orders_{{ days }}d,
        {% endfor -%}
        sum(alive) / sum(alive + gone) as p_alive
    from compared
    group by
        repeats,
        active_days,
        tenure_days
),

outlooks as (
    select
        histories.customer_key,
        {% for days in spans -%}
        summed.buys_{{ days }}d,
        summed.orders_{{ days }}d,
        {% endfor -%}
        summed.p_alive
    from histories
    inner join summed
        on
            histories.repeats = summed.repeats
            and histories.active_days = summed.active_days
            and histories.tenure_days = summed.tenure_days
)

select * from outlooks
