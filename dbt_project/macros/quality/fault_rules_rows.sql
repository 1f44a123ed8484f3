{# A query: the rules of data quality with their meaning, for the models that count by them. One row per entity,
   field and rule; is_needed is false where a value may be missing without a fault. #}
{%- macro fault_rules_rows() -%}
    {%- set may_lack = [
        'customers.full_name', 'customers.updated_at', 'orders.email', 'orders.refunded_amount', 'tickets.closed_at',
        'tickets.satisfaction',
    ] -%}
    {%- set rows = [] -%}
    {%- for found in fault_rules() -%}
        {%- set entity, field, rule = found[0], found[2], found[3] -%}
        {%- set needed = not (rule == 'missing' and entity ~ '.' ~ field in may_lack) -%}
        {%- do rows.append("('" ~ [entity, field, rule, fault_meanings()[rule]] | join("', '") ~ "', " ~ needed | lower ~ ")") -%}
    {%- endfor -%}
    select *
    from (
        values
        {{ rows | unique | join(',\n        ') }}
    ) as rules (entity, field, rule, meaning, is_needed)
{%- endmacro %}
