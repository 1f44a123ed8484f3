{# Joins the date order of one date column: for each file and separator, whether the day or the month comes first. #}
{% macro date_order_join(entity, column) -%}
left join {{ ref('base_date_orders') }} as {{ column }}_orders
    on
        {{ column }}_orders.entity = '{{ entity }}'
        and {{ column }}_orders.column_name = '{{ column }}'
        and {{ column }}_orders.source = {{ entity }}._source
        and {{ column }}_orders.source_file = {{ entity }}._source_file
        and {{ column }}_orders.separator = {{ date_separator(entity ~ '.' ~ column) }}
{%- endmacro %}
