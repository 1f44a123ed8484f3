{# The words of a text in alphabetical order, each as often as it is there, without articles and legal forms. #}
{% macro sorted_words(column, but='the|of|and|inc|llc|ltd|co|corp|gmbh|ag|sa|sarl|bv') -%}
    {{ return(adapter.dispatch('sorted_words', 'customer360')(column, but)) }}
{%- endmacro %}

{% macro postgres__sorted_words(column, but) -%}
    (
        select left(string_agg(words.word, ' ' order by words.word collate "C"), 120)
        from regexp_split_to_table({{ column }}, '[^[:alnum:]]+') as words (word)
        where words.word !~ '^({{ but }})?$'
    )
{%- endmacro %}
