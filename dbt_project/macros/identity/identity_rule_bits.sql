{# What the rules of a kind of entity add to the weight of a pattern, in bits: SQL. #}
{% macro identity_rule_bits(kind, comparisons) -%}
    {%- set positions = {} -%}
    {%- for comparison in comparisons -%}
        {%- do positions.update({comparison.name: comparison.position}) -%}
    {%- endfor -%}
    {%- set conditions, bits_of = {}, {} -%}
    {%- for row in identity_seed_rows(ref('identity_rules'), 'rule, comparison, levels, bits', 'rule, comparison')[kind] -%}
        {%- set digit = 'patterns.pattern / ' ~ 10 ** positions[row['comparison']] ~ ' % 10' -%}
        {%- do conditions.setdefault(row['rule'], []).append(digit ~ ' in (' ~ row['levels'].split() | join(', ') ~ ')') -%}
        {%- do bits_of.update({row['rule']: row['bits']}) -%}
    {%- endfor -%}
    {%- set said = [] -%}
    {%- for rule, parts in conditions.items() -%}
        {%- do said.append('case when ' ~ parts | join(' and ') ~ ' then ' ~ bits_of[rule] ~ ' else 0 end') -%}
    {%- endfor -%}
    {{ return(said | join(' + ') or '0') }}
{%- endmacro %}
