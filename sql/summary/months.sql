-- The months the given submissions report.
select distinct s.period
from intake.submission as s
where s.submission_id = any(:submissions) and s.period is not null and s.status <> 'rejected'
order by s.period
