{# A landed text as a value: no invisible characters, no blanks around it, and null where it is blank or a word for
   "nothing". #}
{% macro clean_text(column) -%}
    case
        when {{ column }} is null then null
        when {{ is_null_word(column) }} then null
        else nullif({{ trim_text(column) }}, '')
    end
{%- endmacro %}
