{# Whether a landed text is one of the words that systems write for "nothing": the seed null_words, and null itself, which a
   seed cannot hold. Capitals count: Null and Nan are names of people. #}
{% macro is_null_word(column) -%}
    (
        length({{ column }}) <= 9
        and {{ trim_text(column) }} in (
            select nothing.word from {{ ref('null_words') }} as nothing
            union all
            values ('null'), ('NULL')
        )
    )
{%- endmacro %}
