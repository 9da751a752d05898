-- The townships and months the submissions are of.
create temporary table moved_return on commit drop as
select distinct
    s.township_code,
    s.period
from intake.submission as s
where s.submission_id = any(:submissions) and s.township_code is not null and s.period is not null
