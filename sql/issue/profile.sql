-- The newest profile a township reported before the month.
select e.*
from event.current_profile as e
where e.township_code = :township_code and e.period < :period
order by e.period desc
limit 1
