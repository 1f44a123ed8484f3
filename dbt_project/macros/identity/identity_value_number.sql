{# The value of a field as a number that no other field's value has; both are SQL. #}
{% macro identity_value_number(field, value) -%}
    {{ hash_number(field ~ " || '/' || " ~ value) }}
{%- endmacro %}
