{# An e-mail address as it is compared: small letters, without mailto:, a display name, angle brackets, or quotes around a
   user part that needs none. Takes a cleaned text; says nothing about validity. #}
{% macro normalise_email(column) -%}
    {{ return(adapter.dispatch('normalise_email', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__normalise_email(column) -%}
    case
        when octet_length({{ column }}) = length({{ column }}) and {{ column }} !~ '[<>:"]' then lower({{ column }})
        else regexp_replace(
            regexp_replace(
                coalesce(
                    substring(lower(normalize({{ column }}, nfc)) from '<\s*([^<>]*[^<>\s])\s*>$'),
                    lower(normalize({{ column }}, nfc))
                ),
                '^mailto:\s*', ''
            ),
            '^"([a-z0-9_+-]+(?:[.][a-z0-9_+-]+)*)"@', '\1@'
        )
    end
{%- endmacro %}
