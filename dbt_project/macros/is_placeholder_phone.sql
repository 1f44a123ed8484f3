{# Whether dialled digits stand for no number at all: seven times the same at the end, or listed in the seed. #}
{% macro is_placeholder_phone(digits) -%}
    (
        (length({{ digits }}) >= 7 and right({{ digits }}, 7) = repeat(right({{ digits }}, 1), 7))
        or {{ digits }} in (select placeholder_phones.digits from {{ ref('placeholder_phones') }} as placeholder_phones)
    )
{%- endmacro %}
