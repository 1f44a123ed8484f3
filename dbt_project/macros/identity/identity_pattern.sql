{# How two nodes l and r agree by these comparisons: one number with a digit for each, the first one last. 0 = one of both
   says nothing, 1 = the best level, 9 = they differ. #}
{% macro identity_pattern(comparisons) -%}
    {%- for comparison in comparisons %}
    {{ '+ ' if not loop.first }}cast(10 ^ {{ comparison.position }} as bigint) * case
        {%- for level in comparison.levels %}
        when {{ level['condition'] }} then {{ level['level'] }}
        {%- endfor %}
    end
    {%- else %}
    cast(0 as bigint)
    {%- endfor %}
{%- endmacro %}
