-- Suggestions assigned within 30 days of being raised; answers that brought feedback; answers closed.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.suggestion as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

measured as (
    select
        t.township_code,
        count(*) filter (
            where e.raised_date between t.first_day and t.last_day and e.assigned_date - e.raised_date <= 30
        ) as assigned,
        count(*) filter (
            where
            e.raised_date between t.first_day and t.last_day
            and (e.assigned_date is not null or e.raised_date + 30 <= t.last_day)
        ) as assignable,
        count(*) filter (
            where
            e.answered_date between t.first_day and t.last_day and e.satisfaction in ('满意', '基本满意', '不满意')
        ) as with_opinion,
        count(*) filter (
            where e.answered_date between t.first_day and t.last_day and e.closed_date <= t.last_day
        ) as closed,
        count(*) filter (where e.answered_date between t.first_day and t.last_day) as answered
    from pg_temp.target as t
    left join newest as e on t.township_code = e.township_code
    where t.is_loaded
    group by t.township_code
)

select
    m.township_code,
    m.township_code as unit,
    v.input,
    null::double precision as amount,
    v.numerator::double precision,
    v.denominator::double precision,
    false as is_approximate
from measured as m
cross join lateral (
    values
    ('suggestions_assigned_rate', m.assigned, m.assignable),
    ('suggestions_feedback_rate', m.with_opinion, m.answered),
    ('suggestions_closed_rate', m.closed, m.answered)
) as v (input, numerator, denominator)
