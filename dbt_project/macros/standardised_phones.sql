{# A table expression: each of the given spellings of a phone number in E.164 (+33612345678), the form in which equal
   numbers are equal texts, by the seeds dialling_rules and dialling_numbers. Reads phone_text (cleaned) and country (ISO
   code of the country in which the number is dialled, or '') from a relation without duplicates.

   A number for calls from abroad (+33, 00 33, 011 33) needs no country. Any other is tried as it is dialled at home, then
   as one that lacks its plus sign; more than eleven digits that begin with the country's own code are read the other way
   round. The first reading that is a number of the country's plan wins; a trunk prefix is left out where one precedes,
   also in +33 (0)6. phone is null where no reading is. phone_digits are its digits, or else all that the text has: two
   texts may be compared by them, and a number that no plan knows keeps them; null where they cannot be a number. country_code is the one tried; digits are what
   is dialled, without a prefix for calls abroad. #}
{%- macro standardised_phones(spellings) -%}
{%- set after_trunk = 'substr(national, length(trunk_prefix) + 1)' -%}
{%- set after_code = 'substr(national, length(country_code) + 1)' -%}
{%- set after_both = 'substr(national, length(country_code) + length(trunk_prefix) + 1)' -%}
{%- set begins_with_code = 'is_dialled_at_home and left(national, length(country_code)) = country_code' -%}
(
    with

    rules as (
        select * from {{ ref('dialling_rules') }}
    ),

    plans as (
        select * from {{ dialling_plans() }} as dialling_plans
    ),

    -- The first three digits of a number tell its country code.
    codes as (
        select
            plans.country_code,
            firsts.first_digits
        from plans
        inner join (
            select lpad(cast(integers.number as text), 3, '0') as first_digits
            from {{ integers_to(999) }} as integers (number)
        ) as firsts
            on left(firsts.first_digits, length(plans.country_code)) = plans.country_code
    ),

    dialled as (
        select
            phone_text,
            country,
            {{ phone_digits('phone_text') }} as dialled
        from {{ spellings }}
    ),

    at_home as (
        select
            dialled.phone_text,
            dialled.country,
            dialled.dialled as digits,
            rules.country_code,
            case
                when left(dialled.dialled, length(rules.international_prefix)) = rules.international_prefix
                    then substr(dialled.dialled, length(rules.international_prefix) + 1)
                when left(dialled.dialled, 2) = '00' then substr(dialled.dialled, 3)
            end as after_prefix
        from dialled
        left join rules
            on dialled.country = rules.country
        where left(dialled.dialled, 1) <> '+'
    ),

    from_abroad as (
        select
            phone_text,
            country,
            substr(dialled, 2) as digits
        from dialled
        where left(dialled, 1) = '+'

        union all

        select
            phone_text,
            country,
            after_prefix as digits
        from at_home
        where after_prefix is not null
    ),

    -- No country code begins with another one.
    located as (
        select
            phone_text,
            country,
            digits,
            true as is_dialled_at_home,
            country_code,
            digits as national
        from at_home
        where after_prefix is null

        union all

        select
            from_abroad.phone_text,
            from_abroad.country,
            from_abroad.digits,
            false as is_dialled_at_home,
            codes.country_code,
            substr(from_abroad.digits, 1 + length(codes.country_code)) as national
        from from_abroad
        left join codes
            on left(from_abroad.digits, 3) = codes.first_digits
    ),

    planned as (
        select
            located.phone_text,
            located.country,
            located.digits,
            located.is_dialled_at_home,
            located.country_code,
            plans.trunk_prefix,
            plans.plan,
            located.national
        from located
        left join plans
            on located.country_code = plans.country_code
    ),

    numbered as (
        select
            phone_text,
            country,
            country_code,
            digits,
            country_code || case
                when length(national) > 11 and {{ begins_with_code }} and {{ is_number_of(after_code, 'plan') }}
                    then {{ after_code }}
                when left(national, length(trunk_prefix)) = trunk_prefix and {{ is_number_of(after_trunk, 'plan') }}
                    then {{ after_trunk }}
                when {{ is_number_of('national', 'plan') }} then national
                when {{ begins_with_code }} and {{ is_number_of(after_code, 'plan') }} then {{ after_code }}
                when
                    {{ begins_with_code }}
                    and left({{ after_code }}, length(trunk_prefix)) = trunk_prefix
                    and {{ is_number_of(after_both, 'plan') }}
                    then {{ after_both }}
            end as number_digits
        from planned
    )

    select
        phone_text,
        country,
        country_code,
        digits,
        '+' || number_digits as phone,
        coalesce(
            number_digits,
            case
                when length(digits) between 6 and 15 and digits <> repeat(left(digits, 1), length(digits)) then digits
            end
        ) as phone_digits
    from numbered
)
{%- endmacro %}
