-- Rows held back of the given returns by sheet, the cover apart.
select
    r.submission_id,
    r.sheet,
    r.held_back
from intake.row_count as r
where r.submission_id = any(:submissions) and r.held_back > 0 and r.sheet <> 'cover'
order by r.submission_id, r.sheet
