-- Suggestions of a township not closed before the month: their newest loaded row, with the lead deputy.
select
    n.*,
    p.lead_deputy
from (
    select distinct on (e.row_key) e.*
    from event.current_suggestion as e
    where e.township_code = :township_code and e.period < :period
    order by e.row_key asc, e.period desc
) as n
left join restricted.suggestion as p on n.submission_id = p.submission_id and n.excel_row = p.excel_row
where n.closed_date is null
order by n.raised_date, n.suggestion_no
