{# The number of a month, '1' to '12', from its name or its abbreviation in English, French, German, Spanish, Italian,
   Portuguese, Dutch, Swedish, Danish or Norwegian. #}
{% macro month_number(expression) -%}
    {{ return(adapter.dispatch('month_number', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__month_number(expression) -%}
    case
        {%- for names in [
            'jan|ene|gen', 'f[eé][bv]', 'mar|mär|maa|mrt', 'apr|avr|abr', 'may|mai|maj|mag|mei', 'jun|juin|giu',
            'jul|juil|lug', 'aug|ao[uû]|ago', 'sep|set', 'o[ck]t|ott|out', 'nov', 'd[eéi][cz]'
        ] %}
        when lower({{ expression }}) ~ '^({{ names }})' then '{{ loop.index }}'
        {%- endfor %}
    end
{%- endmacro %}
