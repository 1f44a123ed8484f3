{# The words of a text in alphabetical order, each as often as it is there, without articles and legal forms. #}
{% macro sorted_words(column, but='the|of|and|inc|llc|ltd|co|corp|gmbh|ag|sa|sarl|bv') -%}
    {{ return(adapter.dispatch('sorted_words', 'customer360')(column, but)) }}
{%- endmacro %}

{# By functions alone: a sub-query here would keep the models that ask from parallel work. #}
{% macro postgres__sorted_words(column, but) -%}
    {%- set words = "regexp_replace(" ~ column ~ ", '[^[:alnum:]]+', ' ', 'g')" -%}
    {%- set kept = "regexp_replace(" ~ words ~ ", '\\m(" ~ but ~ ")\\M', '', 'g')" -%}
    nullif(left(array_to_string(array_sort(array_remove(string_to_array({{ kept }}, ' '), '') collate "C"), ' '), 120), '')
{%- endmacro %}
