{# The kinds of entity that are resolved, each by its own rules and weights. #}
{% macro identity_kinds() -%}
    {{ return(['person', 'organisation']) }}
{%- endmacro %}
