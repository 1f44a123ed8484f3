with

customers as (
    select * from {{ ref('stg_customers') }}
),

orders as (
    select * from {{ ref('stg_orders') }}
),

valued as (
    select * from {{ ref('int_orders_valued') }}
),

tickets as (
    select * from {{ ref('stg_tickets') }}
),

events as (
    select * from {{ ref('stg_events') }}
),

rules as (
    {{ fault_rules_rows() }}
),

dated as (
    select
        source,
        'customers' as entity,
        coalesce(updated_at, created_at) as dated_at,
        true as is_whole,
        faults
    from customers

    union all

    select
        source,
        'orders' as entity,
        ordered_at as dated_at,
        true as is_whole,
        faults
    from orders

    union all

    -- two faults show only once an order is valued
    select
        source,
        'orders' as entity,
        ordered_at as dated_at,
        false as is_whole,
        {{ faults_in('orders', 'valued') }} as faults
    from valued
    where not is_status_known or exchange_rate is null

    union all

    select
        source,
        'tickets' as entity,
        opened_at as dated_at,
        true as is_whole,
        faults
    from tickets

    union all

    select
        source,
        'events' as entity,
        occurred_at as dated_at,
        true as is_whole,
        faults
    from events
),

-- Few records differ in what is wrong with them, so they are counted before their faults are taken apart.
gathered as (
    select
        source,
        entity,
        {{ dbt.date_trunc('month', 'dated_at') }} as month_start,
        case when is_whole then 'record|' else '' end || faults as findings,
        count(*) as records
    from dated
    group by source, entity, {{ dbt.date_trunc('month', 'dated_at') }}, is_whole, faults
),

counted as (
    select
        gathered.source,
        gathered.entity,
        {{ month_key('gathered.month_start') }} as month,
        parts.finding,
        sum(gathered.records) as records
    from gathered
    cross join lateral {{ split_rows('gathered.findings') }} as parts (finding)
    group by gathered.source, gathered.entity, {{ month_key('gathered.month_start') }}, parts.finding
),

-- A field that is empty in all records of a source is one that the source does not have.
had as (
    select
        totals.source,
        totals.entity,
        totals.month,
        totals.records,
        rules.field,
        rules.rule,
        rules.meaning,
        rules.is_needed,
        totals.records - coalesce(missing.records, 0) as filled_records,
        sum(totals.records - coalesce(missing.records, 0)) over (
            partition by totals.source, totals.entity, rules.field
        ) as filled_at_all
    from counted as totals
    inner join rules
        on totals.entity = rules.entity
    left join counted as missing
        on
            totals.source = missing.source
            and totals.entity = missing.entity
            and totals.month = missing.month
            and missing.finding = rules.field || ':missing'
    where totals.finding = 'record'
),

final as (
    select
        had.source,
        had.entity,
        had.field,
        had.rule,
        had.month,
        had.meaning,
        cast(had.records as integer) as records,
        cast(had.filled_records as integer) as filled_records,
        cast(coalesce(found.records, 0) as integer) as faulty_records,
        cast(
            coalesce(found.records, 0)
            / cast(nullif(case when had.rule = 'missing' then had.records else had.filled_records end, 0) as numeric)
            as numeric(9, 6)
        ) as fault_rate
    from had
    left join counted as found
        on
            had.source = found.source
            and had.entity = found.entity
            and had.month = found.month
            and found.finding = had.field || ':' || had.rule
    where had.is_needed and had.filled_at_all > 0
)

select * from final
