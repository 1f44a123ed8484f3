{# The timestamp of a numeric date from its three numbers, the last or the first of which is the year, and of the time
   after it, if any (' 10:36'): a number above 12 tells day from month, one above 31 the year, else date_order does; see
   parse_mixed_dates. #}
{% macro read_numeric_date(first, second, third, date_order, pivot, time=none) -%}
    {{ return(adapter.dispatch('read_numeric_date', 'customer360')(first, second, third, date_order, pivot, time)) }}
{%- endmacro %}

{% macro postgres__read_numeric_date(first, second, third, date_order, pivot, time) -%}
    {%- set time_after -%} {{ ' || ' ~ time if time }} {%- endset -%}
    {%- set century -%}
        case when length({{ third }}) = 4 then '' when cast({{ third }} as integer) > {{ pivot }} then '19' else '20' end
    {%- endset -%}
    {%- set century_first -%}
        case when cast({{ first }} as integer) > {{ pivot }} then '19' else '20' end
    {%- endset -%}
    {%- set year_month_day -%}
        {{ century_first }} || {{ first }} || '-' || {{ second }} || '-' || {{ third }} {{- time_after }}
    {%- endset -%}
    {%- set day_month_year -%}
        {{ century }} || {{ third }} || '-' || {{ second }} || '-' || {{ first }} {{- time_after }}
    {%- endset -%}
    {%- set month_day_year -%}
        {{ century }} || {{ third }} || '-' || {{ first }} || '-' || {{ second }} {{- time_after }}
    {%- endset -%}
    case
        when length({{ third }}) = 2 and ({{ date_order }} = 'ymd' or cast({{ first }} as integer) > 31)
            then {{ read_iso_timestamp(year_month_day, has_time=time) }}
        -- with a year of two digits, either end may be the year
        when
            {{ date_order }} is null
            and length({{ third }}) = 2
            and cast({{ first }} as integer) > 12
            and cast({{ third }} as integer) between 1 and 31
            and {{ first }} <> {{ third }}
            then null
        when
            cast({{ first }} as integer) > 12
            or cast({{ first }} as integer) = cast({{ second }} as integer)
            or ({{ date_order }} = 'dmy' and cast({{ second }} as integer) <= 12)
            then {{ read_iso_timestamp(day_month_year, has_time=time) }}
        when cast({{ second }} as integer) > 12 or {{ date_order }} = 'mdy'
            then {{ read_iso_timestamp(month_day_year, has_time=time) }}
    end
{%- endmacro %}
