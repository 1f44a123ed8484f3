{# The logarithm of the odds of a probability; the sure and the impossible count as a millionth away from it. #}
{% macro log_odds(probability) -%}
    ln(
        least(greatest({{ probability }}, 1e-6), 1 - 1e-6)
        / (1 - least(greatest({{ probability }}, 1e-6), 1 - 1e-6))
    )
{%- endmacro %}
