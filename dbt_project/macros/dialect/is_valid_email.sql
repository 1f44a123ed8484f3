{# Whether a normalised e-mail address can receive mail, by its form alone; conservative, so that a typing slip never links
   two people. The user part: letters of any script, digits and the marks that RFC 5321 allows, dots between them, or a
   quoted text. The domain: at least two labels, the last one ending in a letter, none reserved (.test, .local ...), or
   the two letters of a country, which may receive mail itself. At most 64 octets before the at sign, 63 a label and 254 in
   all. What mail programs drop (comments, folded blanks) and addresses by number ([127.0.0.1]) are valid on paper only, and
   not here. #}
{% macro is_valid_email(column) -%}
    {{ return(adapter.dispatch('is_valid_email', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__is_valid_email(column) -%}
    {%- set mark -%} -a-z0-9!#$%&''*+/=?^_`{|}~ {%- endset -%}
    {#- letters and marks of other scripts; no blanks, controls, signs or drawings -#}
    {%- set foreign -%} \u00aa-\u1fff\u2c00-\u2dff\u3005-\ud7ff\uf900-\ufefe\U00010000-\U0003ffff {%- endset -%}
    {%- set label -%} [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])? {%- endset -%}
    {%- set foreign_label -%} [a-z0-9{{ foreign }}]([a-z0-9{{ foreign }}-]{0,50}[a-z0-9{{ foreign }}])? {%- endset -%}
    (
        case
            when octet_length({{ column }}) = length({{ column }})
                then {{ column }} ~ '^([{{ mark }}]+([.][{{ mark }}]+)*|"([^"\\[:cntrl:]]|\\[ -~])+")@(({{ label }}[.])+([a-z]|[a-z0-9][a-z0-9-]{0,61}[a-z])|[a-z]{2})$'
            else
                {{ column }} ~ '^([{{ mark }}{{ foreign }}＠]+([.][{{ mark }}{{ foreign }}]+)*|"([^"\\[:cntrl:]]|\\[ -~])+")@(({{ foreign_label }}[.])+([a-z]|[a-z0-9][a-z0-9-]{0,61}[a-z]|{{ foreign_label }})|[a-z]{2})$'
                -- taken apart, and with labels as they are sent, it is longer
                and octet_length(normalize({{ column }}, nfd)) + 7 * regexp_count(split_part({{ column }}, '@', -1), '(^|[.])[a-z0-9-]*[^a-z0-9.-]') <= 254
        end
        and octet_length({{ column }}) <= 254
        and octet_length({{ column }}) - octet_length(split_part({{ column }}, '@', -1)) <= 65
        and {{ column }} !~ '[.](arpa|invalid|local|localhost|onion|test)$|[@.](xn--[^.]{0,2}|(?!xn)..--[^.]*)([.]|$)'
    )
{%- endmacro %}
