with

base_order_lines as (
    select * from {{ ref('base_order_lines') }}
),

orders as (
    select * from {{ ref('stg_orders') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, order_id, line_id
            order by batch_rank desc, line_number desc
        ) as version_rank
    from base_order_lines
    where order_id is not null and line_id is not null
),

-- A line has no date of its own: it is visible when its order is.
visible as (
    select
        -- ids
        orders.order_key,
        ranked.source,
        ranked.order_id,
        ranked.line_id,
        ranked.product_id,

        -- what
        ranked.product_name,
        ranked.category,
        ranked.quantity,
        ranked.amount,

        -- what could not be read
        case when ranked.quantity is null then ranked.quantity_text end as quantity_unread,
        case when ranked.amount is null then ranked.amount_text end as amount_unread,

        -- lineage
        ranked.source_file,
        ranked.line_number
    from ranked
    inner join orders
        on ranked.source = orders.source and ranked.order_id = orders.order_id
    where
        ranked.version_rank = 1
        and orders.rejected_reason is null
)

select * from visible
