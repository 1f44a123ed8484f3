{# The pattern of two nodes l and r of one kind, whichever that is. #}
{% macro identity_pair_pattern() -%}
    {%- set comparisons = identity_comparisons() -%}
    case l.entity_kind
        {%- for kind in identity_kinds() %}
        when '{{ kind }}' then {{ identity_pattern(comparisons[kind]) }}
        {%- endfor %}
    end
{%- endmacro %}
