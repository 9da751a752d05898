-- Presidium meetings held in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.presidium_meeting as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

measured as (
    select
        t.township_code,
        t.period_type,
        t.period,
        count(e.row_key) as meetings,
        count(*) filter (where e.minutes_flag) as with_minutes,
        coalesce(sum(e.present), 0) as present,
        coalesce(sum(e.expected), 0) as expected,
        coalesce(bool_or(e.approximate && array['present', 'expected']), false) as is_approximate
    from pg_temp.target as t
    left join newest as e
        on t.township_code = e.township_code and e.meeting_date between t.first_day and t.last_day
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
    v.is_approximate
from measured as m
cross join lateral (
    values
    ('presidium_meeting_count', m.meetings, null, null, false),
    ('presidium_attendance_rate', null, m.present, m.expected, m.is_approximate),
    ('presidium_minutes_rate', null, m.with_minutes, m.meetings, false)
) as v (indicator, amount, numerator, denominator, is_approximate)
