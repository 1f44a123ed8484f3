{# A name for display: single blanks, and capitals where it is written all in one case. Takes a cleaned text. #}
{% macro clean_name(column) -%}
    case
        when {{ column }} = upper({{ column }}) or {{ column }} = lower({{ column }})
            then {{ capitalise(single_blanks(column)) }}
        else {{ single_blanks(column) }}
    end
{%- endmacro %}
