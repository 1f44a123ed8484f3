{# The position of each comparison in a pattern, from 0 at the last digit: in the order of the names, as in
   identity_comparisons. One row per kind of entity and comparison. #}
{% macro identity_positions() -%}
    select
        entity_kind,
        comparison,
        row_number() over (partition by entity_kind order by {{ binary_order('comparison') }}) - 1 as position
    from {{ ref('identity_comparisons') }}
    group by entity_kind, comparison
{%- endmacro %}
