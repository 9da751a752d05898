-- For every staged return: the version in use of each earlier month of its township, as of the return's arrival.
-- Rules P01 to P06 compare with these ("month before": the newest earlier month with a loaded return).
create temporary table seen on commit drop as
select distinct on (r.return_no, s.period)
    r.return_no,
    s.submission_id,
    s.period
from pg_temp.staged_return as r
inner join intake.submission as s
    on
        r.township_code = s.township_code
        and r.period > s.period
        and r.received_at >= s.received_at
        and s.status <> 'rejected'
order by r.return_no asc, s.period asc, s.received_at desc, s.submission_id desc
