-- Fails if a key that was ever given is neither a customer nor redirected, or both, or is redirected to nobody who
-- exists, because whoever holds an exported key must find what became of it.

with

customers as (
    select customer_key from {{ ref('dim_customers') }}
),

redirects as (
    select * from {{ ref('customer_key_redirects') }}
),

horizon as (
    {{ identity_horizon() }}
),

given as (
    select keys.customer_key
    from {{ source('identity', 'keys') }} as keys
    cross join horizon
    where keys.born_change <= horizon.change_number

    union

    select customer_key from customers
)

select
    given.customer_key,
    redirects.redirected_to
from given
left join customers
    on given.customer_key = customers.customer_key
left join redirects
    on given.customer_key = redirects.customer_key
left join customers as targets
    on redirects.redirected_to = targets.customer_key
where
    (customers.customer_key is null) = (redirects.customer_key is null)
    or (redirects.redirected_to is not null and targets.customer_key is null)
