{# A timestamp (UTC where the text names an offset) from text in any of the shapes that systems and people write:

     2024-03-12  2024-3-12 10:36  2024-03-12T10:36:28.5Z  2024/03/12 10:36:28 +02:00  2024.03.12  20240312  20240312103628
     12/03/2024  03-12-2024  12.03.2024  12/03/24  each with or without a time
     12 Mar 2024  12-March-2024  Mar 12, 2024  Thu, 12 Mar 2024 10:36:28 GMT  12 mars 2024  12. März 2024
     1710239788 and 1710239788000 (seconds and milliseconds since 1970)

   The shapes are tried from the most frequent to the rarest, by patterns without captures, which are ten times slower.
   Null where the text is none of these, or no day that exists (31/02/2024, 2024-13-45): it never raises.
   date_order ('dmy', 'mdy', 'ymd' or null) is an SQL expression; it only decides where day and month could be either.
   With 'ymd', a two-digit year comes first. pivot: two-digit years above it are 19xx. #}
{% macro parse_mixed_dates(column, date_order="cast(null as text)", pivot=none) -%}
    {%- set default_pivot = var('two_digit_year_pivot') -%}
    {{ return(adapter.dispatch('parse_mixed_dates', 'customer360')(column, date_order, default_pivot if pivot is none else pivot)) }}
{%- endmacro %}

{% macro postgres__parse_mixed_dates(column, date_order, pivot) -%}
    {%- set clock -%}
        [0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?\s*([AaPp][Mm])?\s*([Zz]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)?
    {%- endset -%}
    {%- set weekday -%} ^\s*([[:alpha:]]{2,10}[.]?,?\s+)? {%- endset -%}
    {%- set day_month_year -%}
        {{ weekday }}[0-9]{1,2}(st|nd|rd|th|er|[.])?[\s-]+(de\s+)?[[:alpha:]]{3,10}[.]?,?[\s-]+(de\s+)?[0-9]{4}(,?\s+{{ clock }})?\s*$
    {%- endset -%}
    {%- set month_day_year -%}
        {{ weekday }}[[:alpha:]]{3,10}[.]?[\s-]+[0-9]{1,2}(st|nd|rd|th)?,?[\s-]+[0-9]{4}(,?\s+{{ clock }})?\s*$
    {%- endset -%}
    {%- set parts = ["left(" ~ column ~ ", 2)", "substr(" ~ column ~ ", 4, 2)", "substr(" ~ column ~ ", 7, 4)"] -%}
    {%- set time_after_parts -%} ' ' || ltrim(substr({{ column }}, 11), 'T, ') {%- endset -%}
    {%- set loose_day -%}
        translate(split_part(translate(btrim({{ column }}), 'T,', '  '), ' ', 1), '.-', '//')
    {%- endset -%}
    {%- set spaced_day -%} translate({{ column }}, '.- ', '//') {%- endset -%}
    {%- set time_after_day -%} ' ' || substring({{ column }} from '[T,\s]\s*([0-9]{1,2}:.*)$') {%- endset -%}
    {%- set named_time -%}
        coalesce(' ' || substring({{ column }} from '[0-9]{1,2}:[0-9]{2}.*$'), '')
    {%- endset -%}
    {%- set named_year -%} substring({{ column }} from '[0-9]{4}') {%- endset -%}
    {%- set named_day -%} substring({{ column }} from '[0-9]{1,2}') {%- endset -%}
    case
        when {{ column }} is null then null
        when {{ column }} ~ '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$' then {{ read_iso_timestamp(column, has_time=false) }}
        when {{ column }} ~ '^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T\s]\s*{{ clock }})?\s*$'
            then {{ read_iso_timestamp(column) }}
        when {{ column }} ~ '^[0-9]{2}[/.-][0-9]{2}[/.-][0-9]{4}$'
            then {{ read_numeric_date(parts[0], parts[1], parts[2], date_order, pivot) }}
        when {{ column }} ~ '^[0-9]{2}[/.-][0-9]{2}[/.-][0-9]{4}(T|,?\s+){{ clock }}\s*$'
            then {{ read_numeric_date(parts[0], parts[1], parts[2], date_order, pivot, time_after_parts) }}
        when {{ column }} ~ '^\s*[0-9]{1,2}[/.-] ?[0-9]{1,2}[/.-] ?([0-9]{4}|[0-9]{2})\s*$'
            then {{ read_numeric_date(
                "split_part(" ~ spaced_day ~ ", '/', 1)",
                "split_part(" ~ spaced_day ~ ", '/', 2)",
                "split_part(" ~ spaced_day ~ ", '/', 3)",
                date_order,
                pivot
            ) }}
        when {{ column }} ~ '^\s*[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{4}|[0-9]{2})(T|,?\s+){{ clock }}\s*$'
            then {{ read_numeric_date(
                "split_part(" ~ loose_day ~ ", '/', 1)",
                "split_part(" ~ loose_day ~ ", '/', 2)",
                "split_part(" ~ loose_day ~ ", '/', 3)",
                date_order,
                pivot,
                time_after_day
            ) }}
        when {{ column }} ~ '^\s*[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}(,?[T\s]\s*{{ clock }})?\s*$'
            then {{ read_iso_timestamp("translate(left(btrim(" ~ column ~ "), 10), '/.,', '--') || substr(replace(btrim(" ~ column ~ "), ',', ''), 11)") }}
        when {{ column }} ~ '^\s*[0-9]{8}([T\s]?[0-9]{6}[Zz]?)?\s*$'
            then {{ read_iso_timestamp("regexp_replace(regexp_replace(" ~ column ~ ", '^\\s*([0-9]{4})([0-9]{2})([0-9]{2})', '\\1-\\2-\\3 '), '([0-9]{2})([0-9]{2})([0-9]{2}[Zz]?)\\s*$', '\\1:\\2:\\3')") }}
        when {{ column }} ~ '{{ day_month_year }}'
            then {{ read_iso_timestamp(
                named_year ~ " || '-' || "
                ~ month_number("substring(" ~ column ~ " from '[0-9](?:st|nd|rd|th|er)?[^[:alpha:]]+(?:de\\s+)?([[:alpha:]]+)')")
                ~ " || '-' || " ~ named_day ~ " || " ~ named_time
            ) }}
        when {{ column }} ~ '{{ month_day_year }}'
            then {{ read_iso_timestamp(
                named_year ~ " || '-' || "
                ~ month_number("substring(" ~ column ~ " from '([[:alpha:]]+)[.]?[\\s-]+[0-9]')")
                ~ " || '-' || " ~ named_day ~ " || " ~ named_time
            ) }}
        when {{ column }} ~ '^\s*[0-9]{10}\s*$' then to_timestamp(cast({{ column }} as bigint)) at time zone 'UTC'
        when {{ column }} ~ '^\s*[0-9]{13}\s*$' then to_timestamp(cast({{ column }} as bigint) / 1000.0) at time zone 'UTC'
    end
{%- endmacro %}
