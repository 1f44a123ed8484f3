{%- set date_columns = {
    'customers': ['created_at', 'updated_at', 'birth_date'],
    'orders': ['ordered_at'],
    'tickets': ['opened_at', 'closed_at'],
    'events': ['occurred_at'],
} -%}

with

-- Only dates such as 3/12/2024 leave the order of day and month open; systems differ by file and by separator.
numeric_dates as (
    {% for entity, columns in date_columns.items() -%}
    {%- set entity_loop = loop -%}
    {%- for column in columns -%}
    select
        '{{ entity }}' as entity,
        '{{ column }}' as column_name,
        _source as source,
        _source_file as source_file,
        _date_order as declared_order,
        {{ date_separator(column) }} as separator,
        {{ date_part_at(column, 1) }} as first_part,
        {{ date_part_at(column, 2) }} as second_part,
        {{ date_part_at(column, 3) }} as third_part
    from {{ source('raw', 'all_' ~ entity) }}
    where {{ date_separator(column) }} <> ''
    {%- if not (loop.last and entity_loop.last) %}

    union all

    {% endif -%}
    {%- endfor -%}
    {%- endfor %}
),

-- A number above 12 is no month, so it tells the order of its whole column. Where both ends have two digits, either may
-- be the year: one above 31 is, else the end that takes few values.
evidence as (
    select
        entity,
        column_name,
        source,
        source_file,
        separator,
        max(declared_order) as declared_order,
        count(case when first_part > 12 and second_part <= 12 then 1 end) as day_first,
        count(case when second_part > 12 and first_part <= 12 then 1 end) as month_first,
        count(case when first_part > 31 then 1 end) as year_first,
        max(third_part) as largest_third,
        count(distinct case when third_part < 100 then first_part end) as firsts,
        count(distinct case when third_part < 100 then third_part end) as thirds
    from numeric_dates
    group by entity, column_name, source, source_file, separator
),

decided as (
    select
        entity,
        column_name,
        source,
        source_file,
        separator,
        day_first,
        month_first,
        case
            -- a year that comes first looks like a day, so the declaration stands
            when declared_order = 'ymd' then 'ymd'
            when largest_third <= 31 and (year_first > 0 or (thirds >= 10 and thirds > 2 * firsts)) then 'ymd'
            when day_first > 0 and month_first <= {{ var('date_order_tolerance') }} * day_first then 'dmy'
            when month_first > 0 and day_first <= {{ var('date_order_tolerance') }} * month_first then 'mdy'
            else declared_order
        end as date_order
    from evidence
)

select * from decided
