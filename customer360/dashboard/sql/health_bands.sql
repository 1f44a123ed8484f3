-- The healthiest first, those without a purchase last.
select health_band
from warehouse.customer_health
group by health_band
order by avg(health_score) desc nulls last, health_band
