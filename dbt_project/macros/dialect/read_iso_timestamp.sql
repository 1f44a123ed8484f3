{# The timestamp of a text `yyyy-mm-dd`, perhaps with a time and an offset (then in UTC); null where there is no such
   day or time. Saying that there is no time saves a look for an offset. #}
{% macro read_iso_timestamp(expression, has_time=true) -%}
    {{ return(adapter.dispatch('read_iso_timestamp', 'customer360')(expression, has_time)) }}
{%- endmacro %}

{% macro postgres__read_iso_timestamp(expression, has_time) -%}
    case
        when not pg_input_is_valid({{ expression }}, 'timestamp') then null
        {%- if has_time %}
        when {{ expression }} ~ ':.*([Zz]|UTC|GMT|[+-][0-9:]{2,5})\s*$'
            then cast({{ expression }} as timestamptz) at time zone 'UTC'
        {%- endif %}
        else cast({{ expression }} as timestamp)
    end
{%- endmacro %}
