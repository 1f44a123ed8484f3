{# The fields whose rare values weigh more and whose frequent ones weigh less, in the order of their names. #}
{% macro identity_frequency_fields() -%}
    {%- set fields = [] -%}
    {%- for kind in identity_kinds() -%}
        {%- for row in identity_seed_rows(ref('identity_comparisons'), kind, 'comparison, level') -%}
            {%- if row['frequency_of'] and row['frequency_of'] not in fields -%}
                {%- do fields.append(row['frequency_of']) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(fields | sort) }}
{%- endmacro %}
