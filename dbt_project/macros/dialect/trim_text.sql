{# Text without invisible characters (zero-width ones, soft hyphen, byte order mark) and without white space around
   it; no-break blanks count as blanks. Plain ASCII, which is nearly everything, takes the short way. #}
{% macro trim_text(column) -%}
    {{ return(adapter.dispatch('trim_text', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__trim_text(column) -%}
    case
        when octet_length({{ column }}) = length({{ column }}) then btrim({{ column }}, E' \t\r\n\v\f')
        else btrim(
            translate({{ column }}, E'\u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f', '    '),
            E' \t\r\n\v\f'
        )
    end
{%- endmacro %}
