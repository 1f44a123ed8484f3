{# Whether a text has characters beyond ASCII; null where the text is. #}
{% macro is_beyond_ascii(column) -%}
    {{ return(adapter.dispatch('is_beyond_ascii', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__is_beyond_ascii(column) -%}
    octet_length({{ column }}) <> length({{ column }})
{%- endmacro %}
