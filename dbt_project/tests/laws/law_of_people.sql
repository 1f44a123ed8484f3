-- Fails if a record has no customer or several, or a customer no record, because every staged record belongs to exactly
-- one customer and every customer has at least one record.

with

records as (
    select * from {{ ref('int_customer_records') }}
),

identity as (
    select * from {{ ref('int_customer_identity') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

counted as (
    select
        customer_key,
        count(*) as record_count
    from identity
    group by customer_key
),

violations as (
    select
        'record with none or several customers' as what,
        records.record_id as who
    from records
    left join identity
        on records.record_id = identity.record_id
    group by records.record_id
    having count(identity.customer_key) <> 1

    union all

    select
        'customer of a record that is not staged' as what,
        identity.record_id as who
    from identity
    left join records
        on identity.record_id = records.record_id
    where records.record_id is null

    union all

    select
        'customer whose records are not as many as it says' as what,
        cast(coalesce(customers.customer_key, counted.customer_key) as text) as who
    from customers
    full outer join counted
        on customers.customer_key = counted.customer_key
    where customers.record_count is distinct from counted.record_count
)

select * from violations
