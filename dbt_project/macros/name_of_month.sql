{# The English name of a day's month, whatever the server's language. #}
{% macro name_of_month(day) -%}
    case extract(month from {{ day }})
        {%- for name in ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
