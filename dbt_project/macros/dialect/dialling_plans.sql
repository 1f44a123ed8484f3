{# A table expression: for each country code its trunk prefix and its plan, which is the seed dialling_numbers as one
   sorted list of bounds. The first number of a range lets in, the number after its last lets out again; the digits of a
   number, counted, stand before it, so that 10 digits and 9 never mix. See is_number_of. #}
{% macro dialling_plans() -%}
    {{ return(adapter.dispatch('dialling_plans', 'customer360')()) }}
{%- endmacro %}

{% macro postgres__dialling_plans() -%}
(
    with

    trunks as (
        select
            country_code,
            max(trunk_prefix) as trunk_prefix
        from {{ ref('dialling_rules') }}
        group by country_code
    ),

    ranges as (
        select
            numbers.country_code,
            numbers.digits,
            split_part(leads.lead, '-', 1) as first_lead,
            split_part(leads.lead, '-', -1) as last_lead
        from {{ ref('dialling_numbers') }} as numbers
        cross join lateral string_to_table(numbers.leading_digits, ' ') as leads (lead)
    ),

    bounds as (
        select
            country_code,
            cast(digits || lpad(rpad(first_lead, digits, '0'), 15, '0') as bigint) as bound
        from ranges

        union all

        select
            country_code,
            cast(digits || lpad(rpad(last_lead, digits, '9'), 15, '0') as bigint) + 1 as bound
        from ranges
    )

    select
        bounds.country_code,
        trunks.trunk_prefix,
        array_agg(bounds.bound order by bounds.bound) as plan
    from bounds
    left join trunks
        on bounds.country_code = trunks.country_code
    group by bounds.country_code, trunks.trunk_prefix
)
{%- endmacro %}
