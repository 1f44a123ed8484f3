{# A timestamp (UTC where the text names an offset) from text in any of the shapes that systems and people write:

     2024-03-12  2024-3-12 10:36  2024-03-12T10:36:28.5Z  2024/03/12 10:36:28 +02:00  2024.03.12  20240312  20240312103628
     12/03/2024  03-12-2024  12.03.2024  12/03/24  each with or without a time
     12 Mar 2024  12-March-2024  Mar 12, 2024  Thu, 12 Mar 2024 10:36:28 GMT  12 mars 2024  12. März 2024
     1710239788 and 1710239788000 (seconds and milliseconds since 1970)

   Null where the text is none of these, or no day that exists (31/02/2024, 2024-13-45): it never raises.
   date_order ('dmy', 'mdy', 'ymd' or null) is an SQL expression; it only decides where day and month could be either.
   With 'ymd', a two-digit year comes first. pivot: two-digit years above it are 19xx. #}
{% macro parse_mixed_dates(column, date_order="cast(null as text)", pivot=none) -%}
    {%- set default_pivot = var('two_digit_year_pivot') -%}
    {{ return(adapter.dispatch('parse_mixed_dates', 'customer360')(column, date_order, default_pivot if pivot is none else pivot)) }}
{%- endmacro %}

{% macro postgres__parse_mixed_dates(column, date_order, pivot) -%}
    {%- set time -%}
        (?:,?[T\s]\s*([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?\s*(?:[AaPp][Mm])?\s*(?:[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?))?\s*$
    {%- endset -%}
    {%- set numbers -%}
        ^\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4}|[0-9]{2}){{ time }}
    {%- endset -%}
    {%- set weekday -%}
        ^\s*(?:[[:alpha:]]{2,10}[.]?,?\s+)?
    {%- endset -%}
    {%- set day_month_year -%}
        {{ weekday }}([0-9]{1,2})(?:st|nd|rd|th|er|[.])?[\s-]+(?:de\s+)?([[:alpha:]]{3,10})[.]?,?[\s-]+(?:de\s+)?([0-9]{4}){{ time }}
    {%- endset -%}
    {%- set month_day_year -%}
        {{ weekday }}([[:alpha:]]{3,10})[.]?[\s-]+([0-9]{1,2})(?:st|nd|rd|th)?,?[\s-]+([0-9]{4}){{ time }}
    {%- endset -%}
    {%- set first_exceeds_12 -%} {{ column }} ~ '^\s*(1[3-9]|[2-9][0-9])' {%- endset -%}
    {%- set second_exceeds_12 -%} {{ column }} ~ '^\s*[0-9]{1,2}\s*[/.-]\s*(1[3-9]|[2-9][0-9])' {%- endset -%}
    {%- set both_are_equal -%} {{ column }} ~ '^\s*0?([0-9]+)\s*[/.-]\s*0?\1\s*[/.-]' {%- endset -%}
    {%- set century -%}
        case
            when {{ column }} ~ '^\s*[0-9]{1,2}\s*[/.-]\s*[0-9]{1,2}\s*[/.-]\s*[0-9]{4}' then ''
            when cast(substring({{ column }} from '^\s*[0-9]{1,2}\s*[/.-]\s*[0-9]{1,2}\s*[/.-]\s*([0-9]{2})') as integer) > {{ pivot }}
                then '19'
            else '20'
        end
    {%- endset -%}
    case
        when {{ column }} is null then null
        when {{ column }} ~ '^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}{{ time }}'
            then {{ read_iso_timestamp(column) }}
        when {{ column }} ~ '{{ numbers }}'
            then case
                when {{ date_order }} = 'ymd' and {{ column }} !~ '[0-9]{4}'
                    then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '" ~ numbers ~ "', case when cast(substring(" ~ column ~ " from '[0-9]{1,2}') as integer) > " ~ pivot ~ " then '19' else '20' end || '\\1-\\2-\\3 \\4')") }}
                when {{ first_exceeds_12 }} or {{ both_are_equal }} or ({{ date_order }} = 'dmy' and not {{ second_exceeds_12 }})
                    then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '" ~ numbers ~ "', " ~ century ~ " || '\\3-\\2-\\1 \\4')") }}
                when {{ second_exceeds_12 }} or {{ date_order }} = 'mdy'
                    then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '" ~ numbers ~ "', " ~ century ~ " || '\\3-\\1-\\2 \\4')") }}
            end
        when {{ column }} ~ '^\s*[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}{{ time }}'
            then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '^(\\s*[0-9]{4})[/.]([0-9]{1,2})[/.]', '\\1-\\2-')") }}
        when {{ column }} ~ '^\s*[0-9]{8}([T\s]?[0-9]{6}[Zz]?)?\s*$'
            then {{ read_iso_timestamp("regexp_replace(regexp_replace(" ~ column ~ ", '^\\s*([0-9]{4})([0-9]{2})([0-9]{2})', '\\1-\\2-\\3 '), '([0-9]{2})([0-9]{2})([0-9]{2}[Zz]?)\\s*$', '\\1:\\2:\\3')") }}
        when {{ column }} ~ '{{ day_month_year }}'
            then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '" ~ day_month_year ~ "', '\\3-' || " ~ month_number("substring(" ~ column ~ " from '[0-9][^[:alpha:]]*(?:(?:st|nd|rd|th|er)[^[:alpha:]]+)?(?:de\\s+)?([[:alpha:]]+)')") ~ " || '-\\1 \\4')") }}
        when {{ column }} ~ '{{ month_day_year }}'
            then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '" ~ month_day_year ~ "', '\\3-' || " ~ month_number("substring(" ~ column ~ " from '([[:alpha:]]+)[.]?[\\s-]+[0-9]')") ~ " || '-\\2 \\4')") }}
        when {{ column }} ~ '^\s*[0-9]{10}\s*$' then to_timestamp(cast({{ column }} as bigint)) at time zone 'UTC'
        when {{ column }} ~ '^\s*[0-9]{13}\s*$' then to_timestamp(cast({{ column }} as bigint) / 1000.0) at time zone 'UTC'
    end
{%- endmacro %}
