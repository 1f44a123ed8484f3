-- Customers at high churn risk, those with the most at stake first.
with

members as ({members})

select
    members.segment,
    members.health_band,
    members.country,
    listed.customer_key,
    listed.last_year_revenue,
    listed.value_at_stake,
    listed.weakest_factor
from warehouse.at_risk_customers as listed
inner join members on listed.customer_key = members.customer_key
order by listed.place
