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
        min(record_no) as first_record_no,
        {%- for column in ['given', 'surname', 'surname_end', 'birth', 'email', 'email_user', 'phone', 'house_number', 'street', 'city', 'postcode', 'gender', 'external_id_1', 'external_id_2', 'external_id_3', 'organisation'] %}
        min({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from standardised
    group by node_no, entity_kind
),

sounding as (
    select
        *,
        given as given_root,
        nullif(dmetaphone(given), '') as given_sound,
        nullif(dmetaphone(surname_end), '') as surname_sound
    from collapsed
),

counted as (
    select
        *,
        {%- for column in ['given', 'surname', 'birth', 'email', 'email_user', 'phone', 'street', 'city', 'postcode', 'external_id_1', 'external_id_2', 'external_id_3', 'organisation'] %}
        cast(case when {{ column }} is not null then sum(least(records, 10)) over (partition by entity_kind, {{ column }}) end as double precision) as {{ column }}_count,
        {%- endfor %}
        sum(least(records, 10)) over (partition by entity_kind) as nodes_of_kind
    from sounding
)

select * from counted
