with

customers as (
    select * from {{ ref('base_customers') }}
),

orders as (
    select * from {{ ref('base_orders') }}
),

rules as (
    select * from {{ ref('dialling_rules') }}
),

given as (
    select
        source,
        phone_text,
        phone_country
    from customers
    where phone_text is not null

    union

    select
        source,
        phone_text,
        phone_country
    from orders
    where phone_text is not null
),

-- Each spelling is read once, however many records have it.
spelled as (
    select distinct
        phone_text,
        phone_country as country
    from given
),

standardised as (
    select * from {{ standardised_phones('spelled') }}
),

read as (
    select
        given.source,
        given.phone_text,
        given.phone_country,
        standardised.country_code,
        standardised.digits,
        standardised.phone,
        standardised.phone_digits
    from given
    inner join standardised
        on given.phone_text = standardised.phone_text and given.phone_country = standardised.country
),

codes as (
    select
        country_code,
        min(country) as country
    from rules
    group by country_code
),

-- Where a record names no country, most of its source's records tell where numbers are dialled: by their country, else
-- by the code of those numbers that have one.
evidence as (
    select
        source,
        phone_country as country,
        1 as evidence_rank,
        count(*) as numbers
    from read
    where phone_country <> ''
    group by source, phone_country

    union all

    select
        read.source,
        codes.country,
        2 as evidence_rank,
        count(*) as numbers
    from read
    inner join codes
        on read.country_code = codes.country_code
    where
        read.phone_country = ''
        and read.phone is not null
    group by read.source, codes.country
),

ranked as (
    select
        source,
        country,
        row_number() over (
            partition by source
            order by evidence_rank, numbers desc, {{ binary_order('country') }}
        ) as country_rank
    from evidence
),

homeless as (
    select
        read.source,
        read.phone_text,
        ranked.country
    from read
    inner join ranked
        on read.source = ranked.source and ranked.country_rank = 1
    where
        read.phone_country = ''
        and read.phone is null
),

spelled_at_home as (
    select distinct
        phone_text,
        country
    from homeless
),

standardised_at_home as (
    select * from {{ standardised_phones('spelled_at_home') }}
),

read_at_home as (
    select
        homeless.source,
        homeless.phone_text,
        standardised_at_home.phone,
        standardised_at_home.phone_digits
    from homeless
    inner join standardised_at_home
        on homeless.phone_text = standardised_at_home.phone_text and homeless.country = standardised_at_home.country
),

judged as (
    select
        read.source,
        read.phone_text,
        read.phone_country,
        coalesce(read.phone, read_at_home.phone) as phone,
        coalesce(read_at_home.phone_digits, read.phone_digits) as phone_digits,
        {{ is_placeholder_phone('read.digits') }} as is_placeholder
    from read
    left join read_at_home
        on
            read.source = read_at_home.source
            and read.phone_text = read_at_home.phone_text
            and read.phone_country = ''
),

final as (
    select
        source,
        phone_text,
        phone_country,
        case when not is_placeholder then phone end as phone,
        case when not is_placeholder then phone_digits end as phone_digits,
        is_placeholder
    from judged
)

select * from final
