with

cleaned as (
    select * from {{ ref('int_identity_cleaned') }}
),

-- A value that is much more frequent than others, and with many names, stands for nobody.
crowds as (
    {{ identity_crowds(ref('int_identity_cleaned')) }}
),

genders_told as (
    select
        given,
        gender,
        count(*) as records,
        sum(count(*)) over (partition by given) as all_records
    from cleaned
    where
        gender is not null
        and length(given) > 1
    group by given, gender
),

-- What given names tell of the gender, by the records that say it.
genders as (
    select
        'given' as field,
        given,
        gender as meaning,
        records
    from genders_told
    where
        records >= 3
        and records >= 0.95 * all_records
),

final as (
    select * from crowds
    union all
    select * from genders
)

select * from final
