-- Petitions of a township not closed before the month: their newest loaded row.
select n.*
from (
    select distinct on (e.row_key) e.*
    from event.current_petition as e
    where e.township_code = :township_code and e.period < :period
    order by e.row_key asc, e.period desc
) as n
where n.status <> '已办结'
order by n.received_date, n.petition_no
