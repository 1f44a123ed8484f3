{# The rules that patterns (entity_kind, pattern) satisfy. One row per pattern and rule. #}
{% macro identity_rule_hits(patterns) -%}
    {%- set comparisons = identity_comparisons() -%}
    {%- for kind in identity_kinds() %}
    select
        patterns.entity_kind,
        patterns.pattern,
        rules.rule,
        rules.bits,
        rules.meaning
    from {{ patterns }} as patterns
    cross join lateral (
        values
        {%- for rule in identity_rules_of(kind, comparisons[kind]) %}
        ('{{ rule.rule }}', {{ rule.bits }}, {{ dbt.string_literal(dbt.escape_single_quotes(rule.meaning)) }}, {{ rule.holds }}){{ ',' if not loop.last }}
        {%- else %}
        ('', 0.0, '', false)
        {%- endfor %}
    ) as rules (rule, bits, meaning, holds)
    where
        patterns.entity_kind = '{{ kind }}'
        and rules.holds
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
