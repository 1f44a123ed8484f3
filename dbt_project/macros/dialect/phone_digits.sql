{# What a written phone number dials: its digits, with a plus sign before them where it is written for calls from abroad
   (+33 6 12 34 56 78, tel:06-12-34-56-78;phone-context=+33). Digits of any script count; extensions, a second number
   and words around the number do not; from three letters on, letters are the keys that bear them (1-800-FLOWERS).
   Takes a cleaned text; '' where there is no digit. Plain digits, spaced or not, take the short way. #}
{% macro phone_digits(column) -%}
    {{ return(adapter.dispatch('phone_digits', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__phone_digits(column) -%}
    {%- set ascii -%}
        translate(
            lower(normalize({{ column }}, nfkc)),
            '|٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙',
            ';' || repeat('0123456789', 5)
        )
    {%- endset -%}
    {%- set in_context -%}
        case
            when {{ column }} ~ 'phone-context=[+]'
                then regexp_replace({{ ascii }}, '^[^0-9+]*([^;]*);.*phone-context=([+][0-9]+).*$', '\2\1')
            when length({{ column }}) > 20 and {{ column }} like '%/%'
                then regexp_replace({{ ascii }}, '^((?:[^0-9/]*[0-9]){9,})[^0-9/]*/.*$', '\1')
            else {{ ascii }}
        end
    {%- endset -%}
    {%- set extension -%}
        [\s,~(]*(e?xt(ensi[oó]n|n)?|x|#|poste|durchwahl|dw|int(erno)?|anexo|toestel|доб)[\s.:#]*[0-9]{1,7}[)#]?\s*$
    {%- endset -%}
    {%- set number_part -%}
        regexp_replace(
            regexp_replace(split_part({{ in_context }}, ';', 1), '{{ extension }}', ''), '^[^0-9+]*', ''
        )
    {%- endset -%}
    case
        when {{ column }} ~ '^[0-9]+$' then {{ column }}
        when {{ column }} ~ '^[+]?[0-9() .-]{1,20}$' then translate({{ column }}, '() .-', '')
        when {{ number_part }} ~ '[a-z].*[a-z].*[a-z]'
            then regexp_replace(
                translate({{ number_part }}, 'abcdefghijklmnopqrstuvwxyz', '22233344455566677778889999'),
                '(?<!^)[+]|[^0-9+]', '', 'g'
            )
        else regexp_replace({{ number_part }}, '(?<!^)[+]|[^0-9+]', '', 'g')
    end
{%- endmacro %}
