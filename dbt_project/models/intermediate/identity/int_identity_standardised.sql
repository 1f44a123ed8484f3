with

cleaned as (
    select * from {{ ref('int_identity_cleaned') }}
),

-- What people decided about is never taken together with what says the same.
decided as (
    select record_id_1 as record_id from {{ ref('int_identity_overrides') }}
    union
    select record_id_2 as record_id from {{ ref('int_identity_overrides') }}
),

-- The values are joined as a table: what is read more than once under a name keeps the whole query from parallel work.
told_apart as (
    select
        cleaned.record_no,
        cleaned.record_id,
        cleaned.entity_kind,
        cleaned.given,
        cleaned.surname,
        cleaned.surname_end,
        cleaned.house_number,
        cleaned.street,
        cleaned.city,
        cleaned.postcode,
        cleaned.organisation,
        cleaned.name_words,
        decided.record_id as decided_record_id,
        coalesce(
            cleaned.gender,
            case
                when genders_of_surnames.meaning is null or genders.meaning = genders_of_surnames.meaning
                    then genders.meaning
            end
        ) as gender,
        case when email_crowds.value is null then cleaned.email end as email,
        case when email_crowds.value is null then cleaned.email_user end as email_user,
        case when phone_crowds.value is null then cleaned.phone end as phone,
        case when birth_crowds.value is null then cleaned.birth end as birth,
        case when external_id_1_crowds.value is null then cleaned.external_id_1 end as external_id_1,
        case when external_id_2_crowds.value is null then cleaned.external_id_2 end as external_id_2,
        case when external_id_3_crowds.value is null then cleaned.external_id_3 end as external_id_3
    from cleaned
    left join decided
        on cleaned.record_id = decided.record_id
    left join {{ ref('int_identity_values') }} as genders
        on cleaned.given = genders.value and genders.field = 'given'
    left join {{ ref('int_identity_values') }} as genders_of_surnames
        on cleaned.surname = genders_of_surnames.value and genders_of_surnames.field = 'given'
    left join {{ ref('int_identity_values') }} as email_crowds
        on cleaned.email = email_crowds.value and email_crowds.field = 'email'
    left join {{ ref('int_identity_values') }} as phone_crowds
        on cleaned.phone = phone_crowds.value and phone_crowds.field = 'phone'
    left join {{ ref('int_identity_values') }} as birth_crowds
        on cleaned.birth = birth_crowds.value and birth_crowds.field = 'birth'
    left join {{ ref('int_identity_values') }} as external_id_1_crowds
        on cleaned.external_id_1 = external_id_1_crowds.value and external_id_1_crowds.field = 'external_id_1'
    left join {{ ref('int_identity_values') }} as external_id_2_crowds
        on cleaned.external_id_2 = external_id_2_crowds.value and external_id_2_crowds.field = 'external_id_2'
    left join {{ ref('int_identity_values') }} as external_id_3_crowds
        on cleaned.external_id_3 = external_id_3_crowds.value and external_id_3_crowds.field = 'external_id_3'
),

noded as (
    select
        *,
        {{ hash_row([
            'entity_kind', 'given', 'surname', 'surname_end', 'birth', 'email', 'phone', 'house_number', 'street',
            'city', 'postcode', 'gender', 'name_words', 'external_id_1', 'external_id_2', 'external_id_3', 'organisation',
            'decided_record_id'
        ]) }} as node_no
    from told_apart
)

select * from noded
