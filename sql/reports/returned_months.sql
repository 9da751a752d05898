-- Months whose returns are loaded for the given townships, with the rows held back in them (sheet NULL: none).
select
    c.township_code,
    c.period,
    n.sheet,
    coalesce(n.held_back, 0) as held_back
from intake.current_submission as c
left join intake.row_count as n on c.submission_id = n.submission_id and n.held_back > 0
where c.township_code = any(:townships)
