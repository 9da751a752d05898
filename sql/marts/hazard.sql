-- Hazards found, notified, due and rectified in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.hazard as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

measured as (
    select
        t.township_code,
        t.period_type,
        t.period,
        count(*) filter (where e.found_date between t.first_day and t.last_day) as found,
        count(*) filter (where e.severity = '重大' and e.found_date between t.first_day and t.last_day) as found_major,
        count(distinct registry.fold(e.notice_no)) filter (
            where e.notice_date between t.first_day and t.last_day
        ) as notices,
        count(*) filter (where e.rectify_by between t.first_day and t.last_day) as due,
        count(*) filter (
            where e.rectify_by between t.first_day and t.last_day and e.rectified_date <= e.rectify_by
        ) as on_time,
        count(*) filter (where e.rectified_date between t.first_day and t.last_day) as rectified
    from pg_temp.target as t
    left join newest as e
        on
            t.township_code = e.township_code
            and (
                e.found_date between t.first_day and t.last_day
                or e.notice_date between t.first_day and t.last_day
                or e.rectify_by between t.first_day and t.last_day
                or e.rectified_date between t.first_day and t.last_day
            )
    where t.is_loaded
    group by t.township_code, t.period_type, t.period
)

select
    m.township_code,
    m.period_type,
    m.period,
    v.indicator,
    v.amount,
    v.numerator,
    v.denominator,
    false as is_approximate
from measured as m
cross join lateral (
    values
    ('hazards_found', m.found, null, null),
    ('hazards_found_major', m.found_major, null, null),
    ('rectification_notices', m.notices, null, null),
    ('hazards_on_time_rate', null, m.on_time, m.due),
    ('hazards_rectified', m.rectified, null, null)
) as v (indicator, amount, numerator, denominator)
