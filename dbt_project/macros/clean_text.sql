{# A landed text as a value: no invisible characters, no blanks around it, and null where it is blank or one of the
   words that systems write for "nothing": the seed null_words, and null itself, which a seed cannot hold. Capitals
   count: Null and Nan are names of people. #}
{% macro clean_text(column) -%}
    case
        when {{ column }} is null then null
        when
            length({{ column }}) <= 9
            and (
                {{ trim_text(column) }} in ('null', 'NULL')
                or {{ trim_text(column) }} in (select nothing.word from {{ ref('null_words') }} as nothing)
            ) then null
        else nullif({{ trim_text(column) }}, '')
    end
{%- endmacro %}
