{# Where a value stands among all rows, from -1 (lowest) to 1 (highest); equal values stand in the middle of theirs. #}
{% macro place_among_all(value) -%}
    (
        rank() over (order by {{ value }}) - 1
        + cume_dist() over (order by {{ value }}) * count(*) over ()
    ) / cast(count(*) over () as double precision) - 1
{%- endmacro %}
