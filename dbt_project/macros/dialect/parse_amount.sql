{# A number from text as people and systems write it: 1,234.56 / 1.234,56 / 1 234,56 / 1'234.56 / EUR 12 / (5.00) / 5-.
   Null where it is none. Where both marks occur, the last is the decimal mark; a mark that occurs twice groups
   thousands; a single comma groups thousands when exactly three digits follow one to three others (1,234), else it is
   the decimal mark; a single point always is. At most 15 digits before the decimal mark. #}
{% macro parse_amount(column) -%}
    {{ return(adapter.dispatch('parse_amount', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__parse_amount(column) -%}
    {%- set blank -%} [\s\u00a0\u202f\u2009] {%- endset -%}
    {%- set currency -%} (?:[€$£¥₹]|[A-Za-złčŁ]{1,3}[.$]?)? {%- endset -%}
    {%- set lead -%} (?:[(+-]?{{ blank }}*{{ currency }}|[(]?{{ currency }}{{ blank }}*[+-]) {%- endset -%}
    {%- set number -%} ([0-9][0-9.,''’\s\u00a0\u202f\u2009]*|[.,][0-9]+) {%- endset -%}
    {%- set whole -%} [0-9]{1,15} {%- endset -%}
    {%- set digits -%} regexp_replace({{ column }}, '[^0-9.,]', '', 'g') {%- endset -%}
    case
        when {{ column }} ~ '^-?[0-9]{1,15}([.][0-9]+)?$' then cast({{ column }} as numeric)
        when
            {{ column }} ~ '^{{ blank }}*{{ lead }}{{ blank }}*{{ number }}{{ currency }}{{ blank }}*[)-]?{{ blank }}*$'
            and {{ digits }} ~ '^({{ whole }}[.,]?|([0-9]{0,15})[.,][0-9]+|[0-9]{1,3}(,[0-9]{3}){1,4}([.][0-9]*)?|[0-9]{1,3}([.][0-9]{3}){1,4}(,[0-9]*)?)$'
            then cast(
                case
                    when {{ digits }} ~ ',.*[.]' then replace({{ digits }}, ',', '')
                    when {{ digits }} ~ '[.].*,' then replace(replace({{ digits }}, '.', ''), ',', '.')
                    when {{ digits }} ~ ',.*,|^[1-9][0-9]{0,2},[0-9]{3}$' then replace({{ digits }}, ',', '')
                    when {{ digits }} ~ '[.].*[.]' then replace({{ digits }}, '.', '')
                    else replace({{ digits }}, ',', '.')
                end as numeric
            ) * case when {{ column }} ~ '[-(]' then -1 else 1 end
    end
{%- endmacro %}
