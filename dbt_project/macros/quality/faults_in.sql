{# The faults of a row that show at one stage (see fault_rules), and those found before, as a text: field:rule|field:rule.
   Empty where there is none. #}
{%- macro faults_in(entity, stage, found_before=none) -%}
    {%- set guarded = {'': []} -%}
    {%- for rule in fault_rules(entity, stage) if rule[0] == entity and rule[1] == stage -%}
        {%- set guard = rule[5] if rule | length > 5 else '' -%}
        {%- do guarded.setdefault(guard, []).append("case when " ~ rule[4] ~ " then '" ~ rule[2] ~ ":" ~ rule[3] ~ "' end") -%}
    {%- endfor -%}
    {%- set found = ["nullif(" ~ found_before ~ ", '')"] if found_before else [] -%}
    {%- do found.extend(guarded.pop('')) -%}
    {%- for guard, cases in guarded.items() -%}
        {%- do found.append("case when " ~ guard ~ " then nullif(concat_ws('|', " ~ cases | join(', ') ~ "), '') end") -%}
    {%- endfor -%}
    concat_ws(
        '|',
        {{ found | join(',\n        ') }}
    )
{%- endmacro %}
