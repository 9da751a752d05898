-- Activities of the groups of the register, each counted up to the norm (group_activities_per_year by the length of the
-- period), so that one busy group does not make up for an idle one; receptions of voters per home or station.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.deputy_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

dated as (
    select
        e.*,
        registry.fold(e.deputy_group) as group_key
    from pg_temp.target as t
    inner join newest as e
        on t.township_code = e.township_code and e.activity_date between t.first_day and t.last_day
    where t.is_loaded
),

known_group as (
    select distinct
        m.township_code,
        registry.fold(r.deputy_group) as group_key
    from pg_temp.register_month as m
    inner join restricted.deputy_record as r on m.submission_id = r.submission_id
    where r.deputy_group is not null
),

active as (
    select
        k.township_code,
        k.group_key,
        count(d.row_key) as activities
    from known_group as k
    left join dated as d on k.township_code = d.township_code and k.group_key = d.group_key
    group by k.township_code, k.group_key
),

norm as (
    select
        t.township_code,
        p.value::double precision
        * (
            extract(year from age(t.last_day + 1, t.first_day)) * 12
            + extract(month from age(t.last_day + 1, t.first_day))
        )
        / 12 as activities
    from pg_temp.target as t
    inner join registry.parameter as p
        on
            p.parameter = 'group_activities_per_year'
            and t.last_day between p.valid_from and coalesce(p.valid_to, 'infinity'::date)
),

level as (
    select
        a.township_code,
        sum(least(a.activities, n.activities)) as numerator,
        sum(n.activities) as denominator
    from active as a
    inner join norm as n on a.township_code = n.township_code
    group by a.township_code
),

reception as (
    select
        t.township_code,
        count(d.row_key) as receptions
    from pg_temp.target as t
    left join dated as d on t.township_code = d.township_code and d.kind = '接待选民'
    where t.is_loaded
    group by t.township_code
)

select
    v.township_code,
    v.township_code as unit,
    'group_activity_level' as input,
    null::double precision as amount,
    v.numerator::double precision,
    v.denominator::double precision,
    false as is_approximate
from level as v
union all
select
    r.township_code,
    r.township_code as unit,
    'receptions_per_station' as input,
    null::double precision as amount,
    r.receptions::double precision as numerator,
    case
        when f.liaison_home_count is not null or f.liaison_station_count is not null
            then greatest(coalesce(f.liaison_home_count, 0) + coalesce(f.liaison_station_count, 0), 1)
    end::double precision as denominator,
    coalesce(f.approximate && array['liaison_home_count', 'liaison_station_count'], false) as is_approximate
from reception as r
left join pg_temp.last_profile as f on r.township_code = f.township_code
