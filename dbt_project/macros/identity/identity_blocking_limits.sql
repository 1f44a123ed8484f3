{# How many pairs for each record a blocking rule may make: rule_no, pairs_per_record. #}
{% macro identity_blocking_limits(rules) -%}
    select
        rule_no,
        pairs_per_record
    from (
        values
        {%- for rule in rules %}
        ({{ rule.rule_no }}, {{ rule.pairs_per_record }}){{ ',' if not loop.last }}
        {%- else %}
        (0, 0)
        {%- endfor %}
    ) as limits (rule_no, pairs_per_record)
{%- endmacro %}
