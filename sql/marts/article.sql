-- Articles submitted in the period that a medium of any level adopted.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.article as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    t.township_code,
    t.period_type,
    t.period,
    'articles_adopted' as indicator,
    count(e.row_key) as amount,
    null::bigint as numerator,
    null::bigint as denominator,
    false as is_approximate
from pg_temp.target as t
left join newest as e
    on
        t.township_code = e.township_code
        and e.adopted_level <> '未采用'
        and e.submitted_date between t.first_day and t.last_day
where t.is_loaded
group by t.township_code, t.period_type, t.period
