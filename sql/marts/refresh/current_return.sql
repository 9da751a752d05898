-- The returns in use of the townships in pg_temp.pair.
create temporary table current_return on commit drop as
select
    c.submission_id,
    c.township_code,
    c.period
from intake.current_submission as c
where c.form = 'monthly' and c.township_code in (select t.township_code from pg_temp.pair as t)
