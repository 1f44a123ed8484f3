with

clusters as (
    select * from {{ ref('int_identity_clusters') }}
),

keys as (
    select * from {{ ref('int_identity_keys') }}
),

overrides as (
    select * from {{ ref('int_identity_overrides') }}
),

record_keys as (
    select * from {{ source('identity', 'record_keys') }}
),

horizon as (
    {{ identity_horizon() }}
),

known as (
    select
        record_id,
        customer_key
    from record_keys
    where until_change is null
),

-- Whose each record was and whose it is now.
records_moved as (
    select
        coalesce(clusters.record_id, known.record_id) as record_id,
        known.customer_key as old_key,
        keys.customer_key as new_key,
        keys.is_new
    from clusters
    inner join keys
        on clusters.cluster_id = keys.cluster_id
    full outer join known
        on clusters.record_id = known.record_id
),

flows as (
    select
        old_key,
        new_key,
        coalesce(is_new, false) as is_new,
        count(*) as records
    from records_moved
    group by old_key, new_key, coalesce(is_new, false)
),

-- What people decided about a record explains where it went.
decided as (
    select distinct
        records_moved.old_key,
        records_moved.new_key
    from overrides
    inner join records_moved
        on records_moved.record_id in (overrides.record_id_1, overrides.record_id_2)
    where records_moved.old_key <> records_moved.new_key
),

-- Where most records of a key went, and where most records of a new key came from.
ranked_flows as (
    select
        flows.*,
        decided.old_key is not null as is_decided,
        row_number() over (
            partition by flows.old_key
            order by flows.new_key is null asc, flows.records desc, flows.new_key asc
        ) as way_rank,
        row_number() over (
            partition by flows.new_key
            order by flows.old_key is null asc, flows.records desc, flows.old_key asc
        ) as origin_rank,
        max(case when flows.new_key = flows.old_key then 1 else 0 end) over (partition by flows.old_key) as is_alive,
        max(case when flows.old_key = flows.new_key then 1 else 0 end) over (partition by flows.new_key) as was_alive,
        sum(flows.records) over (partition by flows.new_key) as records_now
    from flows
    left join decided
        on flows.old_key = decided.old_key and flows.new_key = decided.new_key
),

events as (
    select
        new_key as customer_key,
        'born' as event_name,
        case when is_new then old_key end as other_customer_key,
        records_now as records,
        case
            when not is_new then 'came_back'
            when old_key is null then 'first_seen'
            else 'split_off'
        end as reason
    from ranked_flows
    where
        new_key is not null
        and origin_rank = 1
        and was_alive = 0

    union all

    select
        old_key as customer_key,
        case when new_key is null then 'erased' else 'merged' end as event_name,
        new_key as other_customer_key,
        records,
        case
            when new_key is null then 'no_record_left'
            when is_decided then 'decision'
            else 'linked'
        end as reason
    from ranked_flows
    where
        old_key is not null
        and is_alive = 0
        and way_rank = 1

    union all

    select
        old_key as customer_key,
        case when is_new then 'split' else 'moved' end as event_name,
        new_key as other_customer_key,
        records,
        case when is_decided then 'decision' when is_new then 'unlinked' else 'linked' end as reason
    from ranked_flows
    where
        old_key <> new_key
        and (is_alive = 1 or way_rank > 1)
),

final as (
    select
        horizon.next_change as change_number,
        row_number() over (
            order by events.customer_key asc, events.event_name asc, events.other_customer_key asc nulls first
        ) as event_number,
        events.customer_key,
        events.event_name as event,
        events.other_customer_key,
        cast(events.records as bigint) as records,
        events.reason,
        horizon.as_of_date
    from events
    cross join horizon
    where horizon.next_change is not null
)

select * from final
