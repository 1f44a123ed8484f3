{# The rules of a kind of entity: dicts with rule, bits, meaning and holds, the condition on patterns.pattern: a rule holds where
   each of its comparisons is on one of the levels that the seed names for it. #}
{% macro identity_rules_of(kind, comparisons) -%}
    {%- set positions = {} -%}
    {%- for comparison in comparisons -%}
        {%- do positions.update({comparison.name: comparison.position}) -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for row in identity_seed_rows(ref('identity_rules'), 'rule, comparison, levels, bits, meaning', 'rule, comparison')[kind] -%}
        {%- set digit = 'patterns.pattern / ' ~ 10 ** positions[row['comparison']] ~ ' % 10' -%}
        {%- set condition = digit ~ ' in (' ~ row['levels'].split() | join(', ') ~ ')' -%}
        {%- if row['rule'] not in found -%}
            {%- do found.update({row['rule']: {
                'rule': row['rule'], 'bits': row['bits'], 'meaning': row['meaning'], 'holds': condition
            }}) -%}
        {%- else -%}
            {%- do found[row['rule']].update({'holds': found[row['rule']]['holds'] ~ ' and ' ~ condition}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found.values() | list) }}
{%- endmacro %}
