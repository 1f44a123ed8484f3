-- Fails if a text, an e-mail address or a name is not cleaned as the table says, because these join
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
    ('email', 'anna@shop.1', null),
    ('email', 'anna@shop.123', null),
    ('email', '@shop.org', null),
    ('email', 'anna@', null),
    ('email', '"Anna Neil" <anna@shop.org>', 'anna@shop.org'),
    ('email', '"anna.neil"@shop.org', 'anna.neil@shop.org'),
    ('email', '"anna neil"@shop.org', '"anna neil"@shop.org'),
    ('email', '"anna"neil@shop.org', null),
    ('email', 'an"na@shop.org', null),
    ('email', 'anna(work)@shop.org', null),
    ('email', 'anna@shop.org (work)', null),
    ('email', E'anna@shop\n.org', null),
    ('email', 'anna@[127.0.0.1]', null),
    ('email', 'anna@127.0.0.1', null),
    ('email', 'anna@shop-.org', null),
    ('email', 'anna@shop.org.', null),
    ('email', 'anna@shop,org', null),
    ('email', 'anna@ab--c.org', null),
    ('email', 'anna@a--b.org', 'anna@a--b.org'),
    ('email', 'anna@shop.co-1', null),
    ('email', 'anna@shop.local', null),
    ('email', 'anna@shop.test', null),
    ('email', 'ÉLODIE@Bücher.example', 'élodie@bücher.example'),
    ('email', 'юзер@екзампл.ком', 'юзер@екзампл.ком'),
    ('email', 'राम@मोहन.ईन्फो', 'राम@मोहन.ईन्फो'),
    ('email', E'an\u200bna@shop.org', null),
    ('email', E'anna@shop\uff0eorg', null),
    ('email', repeat('a', 64) || '@shop.org', repeat('a', 64) || '@shop.org'),
    ('email', repeat('a', 65) || '@shop.org', null),
    ('email', 'anna@' || repeat('a', 63) || '.org', 'anna@' || repeat('a', 63) || '.org'),
    ('email', 'anna@' || repeat('a', 64) || '.org', null),
    ('placeholder', 'xxx@xxx.xx', 'true'),
    ('placeholder', 'a@a.fr', 'true'),
    ('placeholder', 'noemail@example.com', 'true'),
    ('placeholder', 'anna@shop.org', 'false'),
    ('placeholder', 'a@b.fr', 'false'),
    ('placeholder phone', '0600000000', 'true'),
    ('placeholder phone', '33600000000', 'true'),
    ('placeholder phone', '1234567890', 'true'),
    ('placeholder phone', '0612345678', 'false'),
    ('placeholder phone', '', 'false'),
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
            when 'placeholder' then cast({{ is_placeholder_email('given') }} as text)
            when 'placeholder phone' then cast({{ is_placeholder_phone('given') }} as text)
            when 'name' then {{ clean_name('given') }}
            when 'first name' then {{ name_part('given', 'first') }}
            when 'last name' then {{ name_part('given', 'last') }}
        end as found
    from cleaned
)

select *
from read
where expected is distinct from found
