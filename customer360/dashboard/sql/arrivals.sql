-- Since when customers are known.
with

members as ({members})

select
    segment,
    health_band,
    country,
    cast(date_trunc(%(grain)s, customer_since) as date) as day,
    count(*) as customers
from members
group by segment, health_band, country, day
order by day, segment, health_band, country
