select
    segment,
    meaning
from warehouse.segment_summary
order by sort_order
