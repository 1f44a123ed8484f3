{# The comparisons with levels that ask for the frequency of a field, with these as asked_levels. #}
{% macro identity_levels_with(comparisons, field) -%}
    {%- set found = [] -%}
    {%- for comparison in comparisons -%}
        {%- set asked = [] -%}
        {%- for level in comparison.levels if level['frequency_of'] == field -%}
            {%- do asked.append(level['level'] | int) -%}
        {%- endfor -%}
        {%- if asked -%}
            {%- do found.append({'position': comparison.position, 'asked_levels': asked}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
