{# What the rules of a kind of entity add to the weight of a pattern, in bits: SQL. #}
{% macro identity_rule_bits(kind, comparisons) -%}
    {%- set said = [] -%}
    {%- for rule in identity_rules_of(kind, comparisons) -%}
        {%- do said.append('case when ' ~ rule.holds ~ ' then ' ~ rule.bits ~ ' else 0 end') -%}
    {%- endfor -%}
    {{ return(said | join(' + ') or '0') }}
{%- endmacro %}
