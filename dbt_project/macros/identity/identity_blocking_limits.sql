{# How many pairs for each record a blocking rule may make: rule_no, pairs_per_record. #}
{% macro identity_blocking_limits() -%}
    {%- set rows = identity_seed_rows(ref('identity_blocking'), 'rule, block_key, pairs_per_record', 'entity_kind, rule') -%}
    {%- set limits = [] -%}
    {%- for kind in identity_kinds() -%}
        {%- for rule in rows[kind] -%}
            {%- do limits.append("(" ~ (limits | length + 1) ~ ", " ~ rule['pairs_per_record'] ~ ")") -%}
        {%- endfor -%}
    {%- endfor -%}
    select rule_no, pairs_per_record from (values {{ limits | join(', ') or '(0, 0)' }}) as limits (rule_no, pairs_per_record)
{%- endmacro %}
