{# The weight in bits of a pair of nodes l and r with its weighed pattern p: how much more likely they are one person
   than two, people of one household included. Where a value is the same on both sides its own frequency counts. #}
{% macro identity_pair_weight() -%}
    {%- set random = ['p.random_bits'] -%}
    {%- set household = ['p.household_bits'] -%}
    {%- for field in identity_frequency_fields() -%}
        {%- set own -%}
            least(
                p.{{ field }}_random * 1024,
                greatest(p.{{ field }}_random / 32, greatest(l.{{ field }}_count, r.{{ field }}_count) / l.nodes_of_kind)
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
