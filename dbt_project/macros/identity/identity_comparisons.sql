{# The comparisons of one kind of entity, in the order of their names: a list of dicts with name, position (from 0) and
   levels (rows of the seed in the order in which they are tried). The position is the digit of the pattern that holds the level. #}
{% macro identity_comparisons(entity_kind) -%}
    {%- set comparisons = [] -%}
    {%- for row in identity_seed_rows(ref('identity_comparisons'), entity_kind, 'comparison, step') -%}
        {%- if not comparisons or comparisons[-1].name != row['comparison'] -%}
            {%- do comparisons.append({'name': row['comparison'], 'position': comparisons | length, 'levels': []}) -%}
        {%- endif -%}
        {%- do comparisons[-1].levels.append(row) -%}
    {%- endfor -%}
    {{ return(comparisons) }}
{%- endmacro %}
