-- Who came into a segment from another one, or anew, in which month.
with

members as ({members})

select
    history.segment,
    members.health_band,
    members.country,
    history.month_end,
    history.previous_segment as from_segment,
    count(*) as customers
from warehouse.customer_segment_history as history
inner join members on history.customer_key = members.customer_key
where history.previous_segment <> history.segment
group by 1, 2, 3, 4, 5
order by 4, 5, 1, 2, 3
