with

standardised as (
    select * from {{ ref('int_identity_standardised') }}
),

-- Records that say the same are one node: they need no comparison. One of them speaks for all.
repeated as (
    select
        node_no,
        min(record_no) as record_no,
        count(*) as records
    from {{ ref('int_identity_standardised') }}
    group by node_no
    having count(*) > 1
),

roots as (
    select
        name,
        array_agg(root order by root) as roots
    from {{ ref('given_names') }}
    group by name
),

nodes as (
    select
        standardised.node_no,
        standardised.entity_kind,
        coalesce(repeated.records, 1) as records,
        standardised.given,
        roots.roots as given_roots,
        nullif(dmetaphone(standardised.given), '') as given_sound,
        standardised.surname,
        standardised.surname_end,
        standardised.name_words,
        nullif(dmetaphone(standardised.surname_end), '') as surname_sound,
        standardised.birth,
        left(standardised.birth, 4) as birth_year,
        substr(standardised.birth, 5, 2) as birth_month,
        right(standardised.birth, 2) as birth_day,
        standardised.email,
        standardised.email_user,
        standardised.phone,
        standardised.house_number,
        standardised.street,
        standardised.city,
        standardised.postcode,
        standardised.gender,
        standardised.external_id_1,
        standardised.external_id_2,
        standardised.external_id_3,
        standardised.organisation
    from standardised
    left join repeated
        on standardised.node_no = repeated.node_no
    left join roots
        on standardised.given = roots.name
    where repeated.record_no is null or standardised.record_no = repeated.record_no
)

select * from nodes
