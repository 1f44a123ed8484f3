{# Whether a normalised e-mail address has the shape of one that can receive mail: conservative, so that a typing slip
   never links two people. #}
{% macro is_valid_email(column) -%}
    {{ return(adapter.dispatch('is_valid_email', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__is_valid_email(column) -%}
    (
        {{ column }} ~ '^[a-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$'
        and length({{ column }}) <= 254
        and position('@' in {{ column }}) <= 65
    )
{%- endmacro %}
