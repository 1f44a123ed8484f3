{# The id of a customer who never registered, from the normalised e-mail or phone of the order: it says nothing of it. #}
{% macro guest_id(contact) -%}
    'guest:' || left({{ dbt.hash(contact) }}, 12)
{%- endmacro %}
