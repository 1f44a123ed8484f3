with

records as (
    select * from {{ ref('int_customer_records') }}
),

clusters as (
    select * from {{ ref('int_identity_clusters') }}
),

keys as (
    select * from {{ source('identity', 'keys') }}
),

record_keys as (
    select * from {{ source('identity', 'record_keys') }}
),

history as (
    select * from {{ source('identity', 'history') }}
),

horizon as (
    {{ identity_horizon() }}
),

-- What each record was last known by; for a look back, on that day, else when it was first seen.
ranked_stays as (
    select
        record_keys.record_id,
        record_keys.customer_key,
        coalesce(record_keys.until_change <= horizon.change_number, false) as is_over,
        row_number() over (
            partition by record_keys.record_id
            order by
                case when record_keys.from_change <= horizon.change_number then 1 else 2 end,
                case
                    when record_keys.from_change <= horizon.change_number then -record_keys.from_change
                    else record_keys.from_change
                end
        ) as stay_rank
    from record_keys
    cross join horizon
),

stays as (
    select * from ranked_stays
    where stay_rank = 1
),

living as (
    select distinct customer_key from stays
    where not is_over
),

merged as (
    select distinct customer_key from history
    where event = 'merged'
),

-- A record that vanished and came back brings its key along only if nobody bears it and it was not merged away.
remembered as (
    select
        stays.record_id,
        stays.customer_key
    from stays
    left join living
        on stays.customer_key = living.customer_key
    left join merged
        on stays.customer_key = merged.customer_key
    where
        not stays.is_over
        or (living.customer_key is null and merged.customer_key is null)
),

members as (
    select
        clusters.cluster_id,
        records.record_id,
        records.source,
        records.customer_id,
        records.created_at,
        remembered.customer_key,
        row_number() over (
            order by
                records.created_at asc nulls last,
                {{ binary_order('records.source') }},
                {{ binary_order('records.customer_id') }}
        ) as age_rank
    from clusters
    inner join records
        on clusters.record_id = records.record_id
    left join remembered
        on clusters.record_id = remembered.record_id
),

-- On a split a key stays with the part that holds most of its records, on a tie with the one that holds the oldest.
claims as (
    select
        cluster_id,
        customer_key,
        row_number() over (
            partition by customer_key
            order by count(*) desc, min(age_rank)
        ) as claim_rank
    from members
    where customer_key is not null
    group by cluster_id, customer_key
),

-- On a merge the oldest key survives: the one given first; of those given at once, the one made from the oldest record.
heirs as (
    select
        claims.cluster_id,
        claims.customer_key,
        row_number() over (
            partition by claims.cluster_id
            order by
                keys.born_change,
                keys.founded_at asc nulls last,
                {{ binary_order('keys.founding_record_id') }},
                claims.customer_key
        ) as heir_rank
    from claims
    inner join keys
        on claims.customer_key = keys.customer_key
    where claims.claim_rank = 1
),

founders as (
    select
        cluster_id,
        min(age_rank) as age_rank
    from members
    group by cluster_id
),

clustered as (
    select
        members.cluster_id,
        members.age_rank,
        members.record_id as founding_record_id,
        members.created_at as founded_at,
        heirs.customer_key,
        {{ hash_key(['members.source', 'members.customer_id']) }} as first_choice
    from founders
    inner join members
        on founders.age_rank = members.age_rank
    left join heirs
        on founders.cluster_id = heirs.cluster_id and heirs.heir_rank = 1
),

-- A new customer's key is the hash of its oldest record, unless it was given to somebody before.
newborn as (
    select
        clustered.*,
        keys.customer_key is not null
        or row_number() over (partition by clustered.first_choice order by clustered.age_rank) > 1 as is_taken
    from clustered
    left join keys
        on clustered.first_choice = keys.customer_key
    where clustered.customer_key is null
),

-- Then it is the hash of the record and the first number that gives a key of its own.
further_choices as (
    select
        newborn.cluster_id,
        numbers.month_number as attempt,
        {{ hash_key(['newborn.founding_record_id', 'numbers.month_number']) }} as choice
    from newborn
    cross join {{ integers_to(1000) }} as numbers
    where newborn.is_taken
),

free_choices as (
    select
        further_choices.cluster_id,
        further_choices.choice,
        row_number() over (partition by further_choices.cluster_id order by further_choices.attempt) as choice_rank
    from further_choices
    left join keys
        on further_choices.choice = keys.customer_key
    left join newborn
        on further_choices.choice = newborn.first_choice
    where
        keys.customer_key is null
        and newborn.first_choice is null
),

final as (
    select
        clustered.cluster_id,
        coalesce(
            clustered.customer_key,
            case when newborn.is_taken then free_choices.choice else newborn.first_choice end
        ) as customer_key,
        clustered.founding_record_id,
        clustered.founded_at,
        clustered.customer_key is null as is_new,
        horizon.next_change as change_number
    from clustered
    cross join horizon
    left join newborn
        on clustered.cluster_id = newborn.cluster_id
    left join free_choices
        on clustered.cluster_id = free_choices.cluster_id and free_choices.choice_rank = 1
)

select * from final
