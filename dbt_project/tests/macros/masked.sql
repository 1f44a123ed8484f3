-- Fails if a mask leaves more, or less, of personal data than the table says.
{{ config(tags=['truth_table']) }}

with

truth_table (data_type, given, expected) as (
    values
    ('text', 'Anna', 'A***'),
    ('text', 'Zoé "Z" Ünal, Ωmega', 'Z***'),
    ('text', E'two\nlines', 't***'),
    ('text', 'x', 'x***'),
    ('text', '', ''),
    ('text', null, null),
    ('text', 'anna@shop.org', 'a***@shop.org'),
    ('text', '+not@mail', '+***@mail'),
    ('text', 'a@b@shop.org', 'a***@shop.org'),
    ('text', '@shop.org', '@***'),
    ('text', '+33612345678', '+***'),
    ('date', '1980-05-06', '1980-01-01'),
    ('date', '1980-12-31', '1980-01-01'),
    ('date', null, null),
    ('bigint', '12', null)
),

typed as (
    select
        data_type,
        given,
        expected,
        cast(case data_type when 'date' then given end as date) as given_day
    from truth_table
),

read as (
    select
        data_type,
        given,
        expected,
        case data_type
            when 'text' then {{ masked('given', 'text') }}
            when 'date' then cast({{ masked('given_day', 'date') }} as text)
            else cast({{ masked('given', 'bigint') }} as text)
        end as found
    from typed
)

select *
from read
where expected is distinct from found
