{# A year in four digits, from text of two or four; two-digit years above the pivot are 19xx. #}
{% macro century_of(year, pivot) -%}
    case
        when length({{ year }}) = 4 then ''
        when cast({{ year }} as integer) > {{ pivot }} then '19'
        else '20'
    end || {{ year }}
{%- endmacro %}
