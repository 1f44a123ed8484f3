{# What a list by levels says about each comparison of a pattern: SQL for each comparison. One that has `asked_levels` is
   null at others. #}
{% macro identity_levels_of(comparisons, levels) -%}
    {%- set said = [] -%}
    {%- for comparison in comparisons -%}
        {%- set digit = 'cast(patterns.pattern / ' ~ 10 ** comparison.position ~ ' % 10 as integer)' -%}
        {%- set found = levels ~ '[' ~ (1 + 10 * comparison.position) ~ ' + ' ~ digit ~ ']' -%}
        {%- if comparison.asked_levels -%}
            {%- set found = 'case when ' ~ digit ~ ' in (' ~ comparison.asked_levels | join(', ') ~ ') then ' ~ found ~ ' end' -%}
        {%- endif -%}
        {%- do said.append(found) -%}
    {%- endfor -%}
    {{ return(said or ['0']) }}
{%- endmacro %}
