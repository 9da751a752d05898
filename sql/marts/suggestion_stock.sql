-- Suggestions not closed on the period's last day, by the newest row version reported for a month up to that day.
with version as (
    select
        e.township_code,
        e.period,
        e.closed_date,
        lead(e.period) over (partition by e.township_code, e.row_key order by e.period) as next_period
    from event.suggestion as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
),

ending as (
    select distinct
        t.township_code,
        t.last_month,
        t.last_day
    from pg_temp.target as t
    where t.has_history
),

measured as (
    select
        t.township_code,
        t.last_month,
        count(*) as open
    from ending as t
    inner join version as v
        on
            t.township_code = v.township_code
            and t.last_month >= v.period
            and (v.next_period is null or t.last_month < v.next_period)
    where v.closed_date is null or v.closed_date > t.last_day
    group by t.township_code, t.last_month
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
