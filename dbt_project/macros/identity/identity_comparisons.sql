{# The comparisons of each kind of entity, in the order of their names: by kind a list of dicts with name, position (from 0)
   and levels (rows of the seed in the order in which they are tried). The position is the digit of the pattern that holds
   the level. #}
{% macro identity_comparisons() -%}
    {%- set rows = identity_seed_rows(ref('identity_comparisons'), 'comparison, level, condition, frequency_of', binary_order('comparison') ~ ', step') -%}
    {%- set by_kind = {} -%}
    {%- for kind in identity_kinds() -%}
        {%- set comparisons = [] -%}
        {%- for row in rows[kind] -%}
            {%- if not comparisons or comparisons[-1].name != row['comparison'] -%}
                {%- do comparisons.append({'name': row['comparison'], 'position': comparisons | length, 'levels': []}) -%}
            {%- endif -%}
            {%- do comparisons[-1].levels.append(row) -%}
        {%- endfor -%}
        {%- do by_kind.update({kind: comparisons}) -%}
    {%- endfor -%}
    {{ return(by_kind) }}
{%- endmacro %}
