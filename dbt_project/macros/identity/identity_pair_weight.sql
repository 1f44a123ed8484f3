{# The weight in bits of a pair with its weighed pattern p and its frequencies: how much more likely it is of one person
   than of two, people of one household included. Where a value is the same on both sides its own frequency counts. #}
{% macro identity_pair_weight(fields) -%}
    {%- set random = ['p.random_bits'] -%}
    {%- set household = ['p.household_bits'] -%}
    {%- for field in fields -%}
        {%- set own -%}
            least(
                p.{{ field }}_random * 1024,
                greatest(p.{{ field }}_random / 32, coalesce({{ field }}_frequency.records, 1) / p.records_of_kind)
            )
        {%- endset -%}
        {%- do random.append("coalesce(" ~ bits(own ~ " / p." ~ field ~ "_random") ~ ", 0)") -%}
        {%- do household.append(
            "coalesce(" ~ bits(
                "((1 - p." ~ field ~ "_household_share) * " ~ own
                ~ " + p." ~ field ~ "_household_share * p." ~ field ~ "_match) / p." ~ field ~ "_household"
            ) ~ ", 0)"
        ) -%}
    {%- endfor -%}
    p.match_bits - {{ bits('power(2.0::double precision, ' ~ household | join(' + ') ~ ') + power(2.0::double precision, ' ~ random | join(' + ') ~ ')') }}
{%- endmacro %}
