{# The English name of a day of the week, whatever the server's language. #}
{% macro name_of_day(day) -%}
    case extract(isodow from {{ day }})
        {%- for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
