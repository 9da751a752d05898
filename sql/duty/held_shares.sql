-- Share of rows held back by sheet of the given returns, where any is: ignored rows (totals, headers) do not count.
select
    c.submission_id,
    c.sheet,
    c.held_back::double precision / (c.loaded + c.held_back) as share
from intake.row_count as c
where c.submission_id = any(:submissions) and c.held_back > 0
order by c.submission_id, c.sheet
