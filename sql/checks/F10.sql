-- F10 speaks of first versions only: the staged returns whose township and month have been received before.
select r.return_no
from pg_temp.staged_return as r
where exists (
    select 1
    from intake.submission as s
    where s.township_code = r.township_code and s.period = r.period and s.received_at <= r.received_at
)
