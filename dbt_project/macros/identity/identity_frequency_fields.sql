{# The fields whose rare values weigh more and whose frequent ones weigh less, in the order of their names. #}
{% macro identity_frequency_fields() -%}
    {%- set fields = [] -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select distinct frequency_of from " ~ ref('identity_comparisons')
            ~ " where frequency_of is not null order by frequency_of"
        ) -%}
        {%- do fields.extend(found.columns[0].values()) -%}
    {%- endif -%}
    {{ return(fields) }}
{%- endmacro %}
