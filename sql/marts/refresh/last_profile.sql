-- The newest loaded profile of a month up to the last day, per loaded target.
create temporary table last_profile on commit drop as
select
    t.township_code,
    t.period_type,
    t.period,
    f.deputy_in_office,
    f.deputy_group_count,
    f.liaison_home_count,
    f.liaison_station_count,
    f.submission_id,
    f.approximate
from pg_temp.target as t
cross join
    lateral (
        select e.*
        from event.profile as e
        inner join pg_temp.current_return as c on e.submission_id = c.submission_id
        where e.township_code = t.township_code and e.period <= t.last_month
        order by e.period desc
        limit 1
    ) as f
where t.is_loaded
