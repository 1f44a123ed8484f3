{# The month of a day as text, yyyy-mm, which sorts; 'undated' without a day. #}
{% macro month_key(day) -%}
    coalesce(
        lpad(cast(extract(year from {{ day }}) as text), 4, '0') || '-'
        || lpad(cast(extract(month from {{ day }}) as text), 2, '0'),
        'undated'
    )
{%- endmacro %}
