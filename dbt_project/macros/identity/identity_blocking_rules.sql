{# The blocking rules that apply to the nodes that there are: dicts with rule_no, entity_kind, block_key and
   pairs_per_record. Those for fewer records than there are of a kind, or more, are left out. #}
{% macro identity_blocking_rules() -%}
    {%- set rules = [] -%}
    {%- if execute -%}
        {%- set records_of_kind = {} -%}
        {%- if load_relation(ref('int_identity_nodes')) -%}
            {%- set found = run_query(
                "select entity_kind, sum(least(records, 10)) as records from " ~ ref('int_identity_nodes') ~ " group by entity_kind"
            ) -%}
            {%- for row in found.rows -%}
                {%- do records_of_kind.update({row['entity_kind']: row['records']}) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- set columns = 'rule, block_key, pairs_per_record, coalesce(records_at_least, 0) as at_least, coalesce(records_at_most, 2147483647) as at_most' -%}
        {%- set rows = identity_seed_rows(ref('identity_blocking'), columns, 'entity_kind, ' ~ binary_order('rule')) -%}
        {%- for kind in identity_kinds() if kind in records_of_kind -%}
            {%- for row in rows[kind] if row['at_least'] <= records_of_kind[kind] <= row['at_most'] -%}
                {%- do rules.append({
                    'rule_no': rules | length + 1,
                    'entity_kind': kind,
                    'block_key': row['block_key'],
                    'pairs_per_record': row['pairs_per_record'],
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro %}
