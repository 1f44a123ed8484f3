with

standardised as (
    select * from {{ ref('int_identity_standardised') }}
),

-- Records that say the same are one node: they need no comparison.
collapsed as (
    select
        node_no,
        entity_kind,
        count(*) as records,
        min(given) as given,
        min(surname) as surname,
        min(surname_end) as surname_end,
        min(name_words) as name_words,
        min(birth) as birth,
        min(email) as email,
        min(email_user) as email_user,
        min(phone) as phone,
        min(house_number) as house_number,
        min(street) as street,
        min(city) as city,
        min(postcode) as postcode,
        min(gender) as gender,
        min(external_id_1) as external_id_1,
        min(external_id_2) as external_id_2,
        min(external_id_3) as external_id_3,
        min(organisation) as organisation
    from standardised
    group by node_no, entity_kind
),

roots as (
    select
        name,
        array_agg(root order by root) as roots
    from {{ ref('given_names') }}
    group by name
),

sounding as (
    select
        collapsed.*,
        roots.roots as given_roots,
        nullif(dmetaphone(collapsed.given), '') as given_sound,
        nullif(dmetaphone(collapsed.surname_end), '') as surname_sound
    from collapsed
    left join roots
        on collapsed.given = roots.name
),

counted as (
    select
        *,
        {{ identity_frequency('given') }} as given_count,
        {{ identity_frequency('surname') }} as surname_count,
        {{ identity_frequency('birth') }} as birth_count,
        {{ identity_frequency('email') }} as email_count,
        {{ identity_frequency('email_user') }} as email_user_count,
        {{ identity_frequency('phone') }} as phone_count,
        {{ identity_frequency('street') }} as street_count,
        {{ identity_frequency('city') }} as city_count,
        {{ identity_frequency('postcode') }} as postcode_count,
        {{ identity_frequency('external_id_1') }} as external_id_1_count,
        {{ identity_frequency('external_id_2') }} as external_id_2_count,
        {{ identity_frequency('external_id_3') }} as external_id_3_count,
        {{ identity_frequency('organisation') }} as organisation_count,
        sum(least(records, 10)) over (partition by entity_kind) as nodes_of_kind
    from sounding
)

select * from counted
