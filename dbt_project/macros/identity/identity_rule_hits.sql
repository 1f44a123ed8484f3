{# The rules that patterns (entity_kind, pattern) satisfy: a rule holds where each of its comparisons is on one of the levels
   that the seed names for it. One row per pattern and rule. #}
{% macro identity_rule_hits(patterns) -%}
    select
        patterns.entity_kind,
        patterns.pattern,
        rules.rule,
        max(rules.bits) as bits,
        min(rules.meaning) as meaning
    from {{ patterns }} as patterns
    inner join {{ ref('identity_rules') }} as rules
        on patterns.entity_kind = rules.entity_kind
    inner join (
        {{ identity_positions() }}
    ) as digits
        on rules.entity_kind = digits.entity_kind and rules.comparison = digits.comparison
    group by patterns.entity_kind, patterns.pattern, rules.rule
    having bool_and(' ' || rules.levels || ' ' like '% ' || (patterns.pattern / cast(10 ^ digits.position as bigint)) % 10 || ' %')
{%- endmacro %}
