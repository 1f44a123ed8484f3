-- Fails if a text, an e-mail address, a phone number or a name is not cleaned as the table says, because these join
-- records into customers.
{{ config(tags=['truth_table']) }}

with

truth_table (kind, given, expected) as (
    values
    ('text', '  a  b ', 'a  b'),
    ('text', E'\ufeffa\u200bb\u00a0', 'ab'),
    ('text', E'\t\r\n', null),
    ('text', '', null),
    ('text', 'NULL', null),
    ('text', ' n/a ', null),
    ('text', 'NaN', null),
    ('text', 'None', null),
    ('text', '-', null),
    ('text', 'Null', 'Null'),
    ('text', 'Nan', 'Nan'),
    ('text', 'Na', 'Na'),
    ('text', '0', '0'),
    ('email', 'Anna.Neil@Shop.ORG', 'anna.neil@shop.org'),
    ('email', 'mailto:anna@shop.org', 'anna@shop.org'),
    ('email', 'Anna Neil <Anna@shop.org>', 'anna@shop.org'),
    ('email', '<anna@shop.org>', 'anna@shop.org'),
    ('email', 'a+b@shop.co.uk', 'a+b@shop.co.uk'),
    ('email', 'o''neil@shop.org', 'o''neil@shop.org'),
    ('email', 'x@sub-domain.shop.museum', 'x@sub-domain.shop.museum'),
    ('email', 'x@xn--bcher-kva.example', 'x@xn--bcher-kva.example'),
    ('email', 'anna@shop', null),
    ('email', 'anna@@shop.org', null),
    ('email', 'anna@shop..org', null),
    ('email', 'anna.@shop.org', null),
    ('email', '.anna@shop.org', null),
    ('email', 'an..na@shop.org', null),
    ('email', 'anna shop.org', null),
    ('email', 'anna@shop.org,bob@shop.org', null),
    ('email', 'anna@-shop.org', null),
    ('email', 'anna@shop.o', null),
    ('email', 'anna@shop.123', null),
    ('email', '@shop.org', null),
    ('email', 'anna@', null),
    ('phone', '+33 6 12 34 56 78', '33612345678'),
    ('phone', '0033 6 12 34 56 78', '33612345678'),
    ('phone', '(020) 7946-0018', '02079460018'),
    ('phone', '555-0100 ext. 12', '5550100'),
    ('phone', '555-0100x12', '5550100'),
    ('phone', '12345', null),
    ('phone', '1234567890123456', null),
    ('phone', '0000000000', null),
    ('phone', 'none', null),
    ('name', 'ANNA', 'Anna'),
    ('name', 'o''neil', 'O''Neil'),
    ('name', 'jean-pierre', 'Jean-Pierre'),
    ('name', 'McDonald', 'McDonald'),
    ('name', 'ÉLODIE', 'Élodie'),
    ('name', 'van   der  Berg', 'van der Berg'),
    ('first name', 'Anna Maria Neil', 'Anna'),
    ('last name', 'Anna Maria Neil', 'Maria Neil'),
    ('first name', 'Neil, Anna', 'Anna'),
    ('last name', 'Neil, Anna', 'Neil'),
    ('first name', 'Cher', 'Cher'),
    ('last name', 'Cher', null)
),

cleaned as (
    select
        kind,
        given,
        expected,
        {{ clean_text('given') }} as as_text,
        {{ normalise_email('given') }} as as_email
    from truth_table
),

read as (
    select
        kind,
        given,
        expected,
        case kind
            when 'text' then as_text
            when 'email' then case when {{ is_valid_email('as_email') }} then as_email end
            when 'phone' then {{ normalise_phone('given') }}
            when 'name' then {{ clean_name('given') }}
            when 'first name' then {{ name_part('given', 'first') }}
            when 'last name' then {{ name_part('given', 'last') }}
        end as found
    from cleaned
)

select *
from read
where expected is distinct from found
