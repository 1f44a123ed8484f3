with

orders as (
    select * from {{ ref('stg_orders') }}
),

settings as (
    select * from {{ ref('stg_run_settings') }}
),

statuses as (
    select * from {{ ref('order_statuses') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

-- Most systems write no status at all for an order that went well; a word that we do not know is reported.
classified as (
    select
        orders.order_key,
        orders.source,
        orders.order_id,
        identity.customer_key,
        orders.ordered_at,
        orders.order_date,
        orders.channel,
        orders.status_text,
        coalesce(statuses.status, 'completed') as status,
        orders.status_text is null or statuses.status is not null as is_status_known,
        coalesce(orders.currency, settings.reporting_currency) as currency,
        orders.amount,
        orders.refunded_amount,
        case
            when coalesce(orders.currency, settings.reporting_currency) = settings.reporting_currency then 1
            else exchange_rates.exchange_rate
        end as exchange_rate
    from orders
    cross join settings
    left join statuses
        on orders.status_text = statuses.status_text
    left join exchange_rates
        on orders.currency = exchange_rates.currency and orders.order_date = exchange_rates.order_date
    left join identity
        on orders.record_id = identity.record_id
    where orders.rejected_reason is null
),

-- Money counts once it is earned: pending and cancelled orders have none, a refunded order gave it back.
netted as (
    select
        *,
        case when status in ('completed', 'refunded') then amount else 0 end as earned_amount,
        case
            when status = 'refunded' then coalesce(refunded_amount, amount)
            when status = 'completed' then coalesce(refunded_amount, 0)
            else 0
        end as returned_amount
    from classified
),

valued as (
    select
        order_key,
        source,
        order_id,
        customer_key,
        ordered_at,
        order_date,
        channel,
        status,
        status_text,
        is_status_known,
        currency,
        amount,
        refunded_amount,
        exchange_rate,
        cast(earned_amount * exchange_rate as numeric(18, 2)) as gross_revenue,
        cast(returned_amount * exchange_rate as numeric(18, 2)) as refunds,
        cast(
            cast(earned_amount * exchange_rate as numeric(18, 2))
            - cast(returned_amount * exchange_rate as numeric(18, 2))
            as numeric(18, 2)
        ) as revenue
    from netted
)

select * from valued
