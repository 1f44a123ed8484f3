with

order_lines as (
    select * from {{ source('raw', 'all_order_lines') }}
),

typed as (
    select
        -- ids
        order_lines._source as source,
        {{ clean_id('order_lines.order_id') }} as order_id,
        {{ clean_id('order_lines.line_id') }} as line_id,
        {{ clean_text('order_lines.product_id') }} as product_id,

        -- text
        {{ clean_text('order_lines.product_name') }} as product_name,
        {{ clean_text('order_lines.category') }} as category,
        {{ clean_text('order_lines.quantity') }} as quantity_text,
        {{ clean_text('order_lines.amount') }} as amount_text,

        -- numbers
        {{ parse_amount('order_lines.quantity') }} as quantity,
        cast({{ parse_amount('order_lines.amount') }} as numeric(18, 2)) as amount,

        -- lineage
        order_lines._batch_rank as batch_rank,
        order_lines._source_file as source_file,
        order_lines._line_number as line_number,
        order_lines._loaded_at as loaded_at
    from order_lines
)

select * from typed
