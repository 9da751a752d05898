-- Petitions received in the period, and those of them closed by its last day.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.petition as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    t.township_code,
    t.period_type,
    t.period,
    'petitions_closed_rate' as indicator,
    null::bigint as amount,
    count(*) filter (where e.closed_date <= t.last_day) as numerator,
    count(e.row_key) as denominator,
    false as is_approximate
from pg_temp.target as t
left join newest as e
    on t.township_code = e.township_code and e.received_date between t.first_day and t.last_day
where t.is_loaded
group by t.township_code, t.period_type, t.period
