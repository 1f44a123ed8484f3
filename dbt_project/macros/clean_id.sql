{# An identifier, verbatim, and null where it is blank or a word for "nothing" (seed null_words). #}
{% macro clean_id(column) -%}
    case when {{ clean_text(column) }} is not null then {{ column }} end
{%- endmacro %}
