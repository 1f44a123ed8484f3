{# The timestamp of a text `yyyy-mm-dd`, perhaps with a time and an offset (then in UTC); null where there is no such
   day or time. #}
{% macro read_iso_timestamp(expression) -%}
    {{ return(adapter.dispatch('read_iso_timestamp', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__read_iso_timestamp(expression) -%}
    case
        when not pg_input_is_valid({{ expression }}, 'timestamp') then null
        when {{ expression }} ~ ':.*([Zz]|UTC|GMT|[+-][0-9:]{2,5})\s*$'
            then cast({{ expression }} as timestamptz) at time zone 'UTC'
        else cast({{ expression }} as timestamp)
    end
{%- endmacro %}
