{# An aggregate: the first value, in the given order, of the rows that meet a condition; by default, of those where it is not null. #}
{% macro first_filled(expression, order_by, condition=none) -%}
    {{ return(adapter.dispatch('first_filled', 'customer360')(expression, order_by, condition or (expression ~ ' is not null'))) }}
{%- endmacro %}

{% macro postgres__first_filled(expression, order_by, condition) -%}
    (array_agg({{ expression }} order by {{ order_by }}) filter (where {{ condition }}))[1]
{%- endmacro %}
