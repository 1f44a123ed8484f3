{# A text as it is compared: small letters without accents. Plain ASCII takes the short way. #}
{% macro fold_text(column) -%}
    {{ return(adapter.dispatch('fold_text', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__fold_text(column) -%}
    case
        when octet_length({{ column }}) = length({{ column }}) then lower({{ column }})
        else lower(unaccent({{ column }}))
    end
{%- endmacro %}
