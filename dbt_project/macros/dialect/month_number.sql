{# The number of a month, '1' to '12', from its whole name or a usual abbreviation in English, French, German, Spanish,
   Italian, Portuguese, Dutch, Swedish, Danish, Norwegian or Turkish; null for any other word. #}
{% macro month_number(expression) -%}
    {{ return(adapter.dispatch('month_number', 'customer360')(expression)) }}
{%- endmacro %}

{% macro postgres__month_number(expression) -%}
    case
        {%- for names in [
            'jan|january|januar|januari|jänner|janv|janvier|ene|enero|gen|gennaio|janeiro|ocak',
            'feb|february|februar|februari|feber|fév|fev|févr|fevr|février|fevrier|febrero|febbr|febbraio|fevereiro|şubat',
            'mar|march|märz|maerz|mrz|mär|mars|marzo|março|marco|maart|mrt|marts|mart',
            'apr|april|avr|avril|abr|abril|aprile|nisan',
            'may|mai|mayo|mag|maggio|maio|mei|maj|mayıs',
            'jun|june|juni|juin|junio|giu|giugno|junho|haziran',
            'jul|july|juli|juil|juillet|julio|lug|luglio|julho|temmuz',
            'aug|august|augustus|augusti|août|aout|ago|agosto|ağustos',
            'sep|sept|september|septembre|septiembre|setiembre|set|sett|settembre|setembro|eylül',
            'oct|october|okt|oktober|octobre|octubre|ott|ottobre|out|outubro|ekim',
            'nov|november|novembre|noviembre|novembro|kasım',
            'dec|december|dez|dezember|déc|decembre|décembre|dic|diciembre|dicembre|dezembro|des|desember|aralık'
        ] %}
        when lower({{ expression }}) in ('{{ names.split("|") | join("', '") }}') then '{{ loop.index }}'
        {%- endfor %}
    end
{%- endmacro %}
