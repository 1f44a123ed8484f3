{# An e-mail address as it is compared: small letters, without mailto:, a display name, angle brackets or blanks
   around it. Takes a cleaned text; says nothing about validity. #}
{% macro normalise_email(column) -%}
    {{ return(adapter.dispatch('normalise_email', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__normalise_email(column) -%}
    case
        when {{ column }} ~ '[<>:\s]'
            then btrim(regexp_replace(
                coalesce(substring(lower({{ column }}) from '<([^<>]*)>\s*$'), lower({{ column }})), '^\s*mailto:', ''
            ))
        else lower({{ column }})
    end
{%- endmacro %}
