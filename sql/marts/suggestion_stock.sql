-- Suggestions not closed on the period's last day, by the newest row version reported for a month up to that day.
with standing as (
    select distinct on (t.township_code, t.last_month, e.row_key)
        t.township_code,
        t.last_month,
        e.closed_date is null or e.closed_date > t.last_day as is_open
    from (
        select distinct s.township_code, s.last_month, s.last_day from pg_temp.target as s
        where s.has_history
    ) as t
    inner join event.suggestion as e on t.township_code = e.township_code and t.last_month >= e.period
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by t.township_code asc, t.last_month asc, e.row_key asc, e.period desc
),

measured as (
    select
        s.township_code,
        s.last_month,
        count(*) filter (where s.is_open) as open
    from standing as s
    group by s.township_code, s.last_month
)

select
    t.township_code,
    t.period_type,
    t.period,
    'suggestions_open' as indicator,
    coalesce(m.open, 0) as amount,
    null::bigint as numerator,
    null::bigint as denominator,
    false as is_approximate
from pg_temp.target as t
left join measured as m on t.township_code = m.township_code and t.last_month = m.last_month
where t.has_history
