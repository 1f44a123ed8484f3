{# The probability of what has a weight in bits: 0 bits are one half. #}
{% macro probability_of_bits(weight) -%}
    1 / (1 + power(cast(2 as double precision), -least(60, greatest(-60, {{ weight }}))))
{%- endmacro %}
