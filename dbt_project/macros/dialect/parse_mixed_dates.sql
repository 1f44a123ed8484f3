{# A timestamp (UTC where the text names an offset) from text in any of the shapes that systems and people write:

     2024-03-12  2024-3-12 10:36  2024-03-12T10:36:28.5Z  2024/03/12 10:36:28 +02:00  2024.03.12  2024 03 12
     20240312  20240312103628  20240312T1036  2024-03-12 10:36:28,502  2024年3月12日  2024년 3월 12일
     12/03/2024  03-12-2024  12.03.2024  12 03 2024  12/03/24  12/03,2024  each with or without a time
     12 Mar 2024  12-March-2024  12MAR2024  12/Mar/2024:10:36:28 +0000  Mar 12, 2024  12 Mar '24  2024-mar-12
     Thu, 12 Mar 2024 10:36:28 GMT  Thu Mar 12 10:36:28 2024  12 mars 2024  12. März 2024  3rd of May 2001
     1710239788 and 1710239788000 (seconds and milliseconds since 1970)

   The shapes are tried from the most frequent to the rarest, by patterns without captures, which are ten times slower.
   Null where the text is none of these, or no day that exists (31/02/2024, 2024-13-45): it never raises.
   date_order ('dmy', 'mdy', 'ymd' or null) is an SQL expression; it only decides what the text leaves open: which of day
   and month comes first, and, with a two-digit year, whether the year does (24/03/12). pivot: two-digit years above it
   are 19xx. Times of zones known by other names than UTC, GMT and Z are not read. #}
{% macro parse_mixed_dates(column, date_order="cast(null as text)", pivot=none) -%}
    {%- set default_pivot = var('two_digit_year_pivot') -%}
    {{ return(adapter.dispatch('parse_mixed_dates', 'customer360')(column, date_order, default_pivot if pivot is none else pivot)) }}
{%- endmacro %}

{% macro postgres__parse_mixed_dates(column, date_order, pivot) -%}
    {%- set clock -%}
        [0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?\s*([AaPp][Mm])?\s*([Zz]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)?
    {%- endset -%}
    {%- set weekday -%} ^\s*([[:alpha:]]{2,10}(-feira)?[.]?,?\s+)?((den|de|le|el|il|the|am)\s+)? {%- endset -%}
    {%- set month -%} [[:alpha:]]{3,10}[.]? {%- endset -%}
    {%- set year -%} ([0-9]{4}|''?[0-9]{2}) {%- endset -%}
    {%- set named_clock -%} (,?\s+{{ clock }})?\s*$ {%- endset -%}
    {%- set day_month_year -%}
        {{ weekday }}[0-9]{1,2}(st|nd|rd|th|er|[.])?[\s/-]*((de|of)\s+)?{{ month }},?[\s/-]*((de|del)\s+)?{{ year }}{{ named_clock }}
    {%- endset -%}
    {%- set month_day_year -%}
        {{ weekday }}{{ month }}[\s-]+[0-9]{1,2}(st|nd|rd|th)?(\s*,\s*|[\s-]+){{ year }}{{ named_clock }}
    {%- endset -%}
    {%- set parts = ["left(" ~ column ~ ", 2)", "substr(" ~ column ~ ", 4, 2)", "substr(" ~ column ~ ", 7, 4)"] -%}
    {%- set time_after_parts -%} ' ' || ltrim(substr({{ column }}, 11), 'T, ') {%- endset -%}
    {%- set loose_day -%}
        translate(split_part(translate(btrim({{ column }}), 'T,', '  '), ' ', 1), '.-', '//')
    {%- endset -%}
    {%- set spaced_day -%} translate({{ column }}, '.-, ', '///') {%- endset -%}
    {%- set blank_day -%} regexp_replace(btrim({{ column }}), '\s+', '/', 'g') {%- endset -%}
    {%- set time_after_day -%} ' ' || substring({{ column }} from '[T,\s]\s*([0-9]{1,2}:.*)$') {%- endset -%}
    {%- set named_time -%}
        coalesce(' ' || substring({{ column }} from '[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[^0-9:].*)?$'), '')
    {%- endset -%}
    {%- set year_after_month -%}
        substring(
            {{ column }} from
            '[0-9](?:st|nd|rd|th|er)?[^[:alpha:]]*(?:(?:de|of)\s+)?[[:alpha:]]{3,}[^0-9]*([0-9]{4}|[0-9]{2})(?:[^0-9]|$)'
        )
    {%- endset -%}
    {%- set year_after_day -%}
        substring({{ column }} from '[0-9](?:st|nd|rd|th)?[\s,-]+''?([0-9]{4}|[0-9]{2})(?:[^0-9:]|$)')
    {%- endset -%}
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
        when {{ column }} ~ '^\s*[0-9]{1,2}[/.-] ?[0-9]{1,2}[/.,-] ?([0-9]{4}|[0-9]{2})\s*$'
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
        when {{ column }} ~ '^\s*((19|20)[0-9]{10}|[0-9]{8}[T\s][0-9]{4})[Zz]?\s*$'
            then {{ read_iso_timestamp("regexp_replace(" ~ column ~ ", '^\\s*([0-9]{4})([0-9]{2})([0-9]{2})[T\\s]?([0-9]{2})([0-9]{2})', '\\1-\\2-\\3 \\4:\\5')") }}
        when {{ column }} ~ '^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T\s][0-9]{1,2}:[0-9]{2}:[0-9]{2},[0-9]+\s*$'
            then {{ read_iso_timestamp("replace(" ~ column ~ ", ',', '.')", has_time=false) }}
        when {{ column }} ~ '^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T\s][0-9]{2}\s*$'
            then {{ read_iso_timestamp("rtrim(" ~ column ~ ") || ':00'", has_time=false) }}
        when {{ column }} ~ '^\s*[0-9]{1,2}\s+[0-9]{1,2}\s+([0-9]{4}|[0-9]{2})\s*$'
            then {{ read_numeric_date(
                "split_part(" ~ blank_day ~ ", '/', 1)",
                "split_part(" ~ blank_day ~ ", '/', 2)",
                "split_part(" ~ blank_day ~ ", '/', 3)",
                date_order,
                pivot
            ) }}
        when {{ column }} ~ '^\s*[0-9]{4}\s+[0-9]{1,2}\s+[0-9]{1,2}\s*$'
            then {{ read_iso_timestamp("regexp_replace(btrim(" ~ column ~ "), '\\s+', '-', 'g')", has_time=false) }}
        when {{ column }} ~ '{{ day_month_year }}'
            then {{ read_iso_timestamp(
                century_of(year_after_month, pivot) ~ " || '-' || "
                ~ month_number("substring(" ~ column ~ " from '[0-9](?:st|nd|rd|th|er)?[^[:alpha:]]*(?:(?:de|of)\\s+)?([[:alpha:]]{3,})')")
                ~ " || '-' || " ~ named_day ~ " || " ~ named_time
            ) }}
        when {{ column }} ~ '{{ month_day_year }}'
            then {{ read_iso_timestamp(
                century_of(year_after_day, pivot) ~ " || '-' || "
                ~ month_number("substring(" ~ column ~ " from '([[:alpha:]]+)[.]?[\\s-]+[0-9]')")
                ~ " || '-' || " ~ named_day ~ " || " ~ named_time
            ) }}
        when {{ column }} ~ '{{ weekday }}{{ month }}\s+[0-9]{1,2}\s+[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\s+(UTC|GMT))?\s+[0-9]{4}\s*$'
            then {{ read_iso_timestamp(
                "right(rtrim(" ~ column ~ "), 4) || '-' || "
                ~ month_number("substring(" ~ column ~ " from '([[:alpha:]]+)[.]?\\s+[0-9]')")
                ~ " || '-' || " ~ named_day ~ " || ' ' || substring(" ~ column ~ " from '[0-9]{1,2}:[0-9]{2}:[0-9]{2}')",
                has_time=false
            ) }}
        when {{ column }} ~ '{{ weekday }}[0-9]{1,2}/{{ month }}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}(\s+[+-][0-9]{4})?\s*$'
            then {{ read_iso_timestamp(
                "substring(" ~ column ~ " from '/([0-9]{4}):') || '-' || "
                ~ month_number("substring(" ~ column ~ " from '/([[:alpha:]]+)')")
                ~ " || '-' || " ~ named_day ~ " || ' ' || substring(" ~ column ~ " from '/[0-9]{4}:(.*)$')"
            ) }}
        when {{ column }} ~ '^\s*[0-9]{4}[\s/.-]+{{ month }}[\s/.-]*[0-9]{1,2}\s*$'
            then {{ read_iso_timestamp(
                "substring(" ~ column ~ " from '[0-9]{4}') || '-' || "
                ~ month_number("substring(" ~ column ~ " from '[[:alpha:]]+')")
                ~ " || '-' || substring(" ~ column ~ " from '([0-9]{1,2})\\s*$')",
                has_time=false
            ) }}
        when {{ column }} ~ '^\s*[0-9]{10}\s*$' then to_timestamp(cast({{ column }} as bigint)) at time zone 'UTC'
        when {{ column }} ~ '^\s*[0-9]{13}\s*$' then to_timestamp(cast({{ column }} as bigint) / 1000.0) at time zone 'UTC'
        when {{ column }} ~ '^\s*[0-9]{4}\s*[年년]\s*[0-9]{1,2}\s*[月월]\s*[0-9]{1,2}\s*[日일号]'
            then {{ read_iso_timestamp("rtrim(regexp_replace(substring(" ~ column ~ " from '[0-9].*?[日일号]'), '\\s*[年년月월日일号]\\s*', '-', 'g'), '-')", has_time=false) }}
    end
{%- endmacro %}
