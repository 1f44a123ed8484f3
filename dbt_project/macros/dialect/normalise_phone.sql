{# A phone number as its digits, without the prefix for calls abroad; null where that leaves fewer than 6 or more than
   15, or one digit over and over. Takes a cleaned text. #}
{% macro normalise_phone(column) -%}
    {{ return(adapter.dispatch('normalise_phone', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__normalise_phone(column) -%}
    {%- set without_extension -%}
        regexp_replace({{ column }}, '\s*(ext\.?|extension|x|#)\s*[0-9]{1,6}\s*$', '', 'i')
    {%- endset -%}
    {%- set digits -%}
        regexp_replace(regexp_replace({{ without_extension }}, '[^0-9]', '', 'g'), '^00', '')
    {%- endset -%}
    case
        when {{ column }} is null then null
        when {{ digits }} ~ '^[0-9]{6,15}$' and {{ digits }} !~ '^([0-9])\1*$' then {{ digits }}
    end
{%- endmacro %}
