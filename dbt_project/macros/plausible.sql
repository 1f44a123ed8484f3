{# A timestamp, or null where it lies before the earliest plausible day. #}
{% macro plausible(expression) -%}
    case
        when {{ expression }} >= cast('{{ var("earliest_plausible_date") }}' as date) then {{ expression }}
    end
{%- endmacro %}
