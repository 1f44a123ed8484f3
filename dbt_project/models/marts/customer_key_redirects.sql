with recursive

keys as (
    select * from {{ source('identity', 'keys') }}
),

record_keys as (
    select * from {{ source('identity', 'record_keys') }}
),

history as (
    select * from {{ ref('identity_history') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

horizon as (
    {{ identity_horizon() }}
),

living as (
    select distinct customer_key from identity
),

retired as (
    select keys.customer_key
    from keys
    cross join horizon
    left join living
        on keys.customer_key = living.customer_key
    where
        living.customer_key is null
        and keys.born_change <= horizon.change_number
),

-- The records that a key had last, and whose most of them are now.
last_records as (
    select
        record_keys.customer_key,
        record_keys.record_id,
        rank() over (
            partition by record_keys.customer_key
            order by
                case
                    when record_keys.until_change <= horizon.change_number then record_keys.until_change
                    else horizon.change_number + 1
                end desc
        ) as leaving_rank
    from record_keys
    inner join retired
        on record_keys.customer_key = retired.customer_key
    cross join horizon
    where record_keys.from_change <= horizon.change_number
),

heirs as (
    select
        last_records.customer_key,
        identity.customer_key as next_key,
        row_number() over (
            partition by last_records.customer_key
            order by count(*) desc, identity.customer_key
        ) as heir_rank
    from last_records
    inner join identity
        on last_records.record_id = identity.record_id
    where last_records.leaving_rank = 1
    group by last_records.customer_key, identity.customer_key
),

endings as (
    select
        history.customer_key,
        history.event,
        history.as_of_date,
        history.other_customer_key,
        row_number() over (
            partition by history.customer_key
            order by history.run_number desc
        ) as ending_rank
    from history
    inner join retired
        on history.customer_key = retired.customer_key
    where history.event in ('merged', 'erased')
),

-- Where no record is left, the customer with whom the key was merged stands for it, and so on.
steps as (
    select
        endings.customer_key,
        coalesce(heirs.next_key, endings.other_customer_key) as next_key,
        endings.event,
        endings.as_of_date
    from endings
    left join heirs
        on endings.customer_key = heirs.customer_key and heirs.heir_rank = 1
    where endings.ending_rank = 1
),

followed as (
    select
        customer_key,
        next_key
    from steps

    union

    select
        followed.customer_key,
        steps.next_key
    from followed
    inner join steps
        on followed.next_key = steps.customer_key
),

arrived as (
    select
        followed.customer_key,
        living.customer_key as redirected_to
    from followed
    inner join living
        on followed.next_key = living.customer_key
),

final as (
    select
        steps.customer_key,
        arrived.redirected_to,
        steps.event,
        steps.as_of_date
    from steps
    left join arrived
        on steps.customer_key = arrived.customer_key
)

select * from final
