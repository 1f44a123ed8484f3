{# Whether digits are a number of a country's plan; see dialling_plans. #}
{% macro is_number_of(digits, plan) -%}
    {{ return(adapter.dispatch('is_number_of', 'customer360')(digits, plan)) }}
{%- endmacro %}

{% macro postgres__is_number_of(digits, plan) -%}
    case
        when length({{ digits }}) between 3 and 15
            then width_bucket(length({{ digits }}) * 1000000000000000 + cast({{ digits }} as bigint), {{ plan }}) % 2 = 1
        else false
    end
{%- endmacro %}
