-- The quarters in which the presidium met.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.presidium_meeting as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    t.township_code,
    t.township_code as unit,
    'presidium_quarters_covered' as input,
    count(distinct date_trunc('quarter', e.meeting_date))::double precision as amount,
    null::double precision as numerator,
    null::double precision as denominator,
    false as is_approximate
from pg_temp.target as t
left join newest as e
    on t.township_code = e.township_code and e.meeting_date between t.first_day and t.last_day
where t.is_loaded
group by t.township_code
