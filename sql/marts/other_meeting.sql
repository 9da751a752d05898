-- Party committee meetings of the period that studied the congress's work.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.other_meeting as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    t.township_code,
    t.period_type,
    t.period,
    'party_study_count' as indicator,
    count(e.row_key) as amount,
    null::bigint as numerator,
    null::bigint as denominator,
    false as is_approximate
from pg_temp.target as t
left join newest as e
    on
        t.township_code = e.township_code
        and e.kind = '党委专题研究人大工作'
        and e.meeting_date between t.first_day and t.last_day
where t.is_loaded
group by t.township_code, t.period_type, t.period
