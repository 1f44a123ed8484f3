{# Joins each frequency of a value of node l that the weighed pattern p asks for. #}
{% macro identity_frequency_joins(fields) -%}
    {%- for field in fields %}
    left join {{ ref('int_identity_frequencies') }} as {{ field }}_frequency
        on
            p.{{ field }}_random is not null
            and {{ identity_value_number("'" ~ field ~ "'", 'l.' ~ field) }} = {{ field }}_frequency.value_no
            and p.entity_kind = {{ field }}_frequency.entity_kind
    {%- endfor %}
{%- endmacro %}
