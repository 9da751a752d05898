-- Rows held back of the given returns by sheet.
select
    r.submission_id,
    r.sheet,
    r.held_back
from intake.row_count as r
where r.submission_id = any(:submissions) and r.held_back > 0
order by r.submission_id, r.sheet
