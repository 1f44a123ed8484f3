{# A score from 1 to 5: the fifth of the distinct values into which a value falls, so that equal values score equally.
   Takes the value's rank among the distinct values (dense, from 1) and their number. #}
{% macro quantile_score(value_rank, distinct_values) -%}
    1 + cast(floor(5.0 * ({{ value_rank }} - 1) / {{ distinct_values }}) as integer)
{%- endmacro %}
