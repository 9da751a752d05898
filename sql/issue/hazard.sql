-- Hazards of a township that are still open before the month: their newest loaded row.
select n.*
from (
    select distinct on (e.row_key) e.*
    from event.current_hazard as e
    where e.township_code = :township_code and e.period < :period
    order by e.row_key asc, e.period desc
) as n
where n.status in ('待整改', '整改中')
order by n.found_date, n.hazard_no
