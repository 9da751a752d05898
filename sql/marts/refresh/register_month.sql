-- The submission whose deputy_record rows are the register, per loaded target: the newest month up to the last day
-- for which such rows are loaded.
create temporary table register_month on commit drop as
select
    t.township_code,
    t.period_type,
    t.period,
    d.submission_id
from pg_temp.target as t
cross join
    lateral (
        select c.submission_id
        from pg_temp.current_return as c
        where
            c.township_code = t.township_code
            and c.period <= t.last_month
            and exists (
                select 1 from restricted.deputy_record as r
                where r.submission_id = c.submission_id
            )
        order by c.period desc
        limit 1
    ) as d
where t.is_loaded
