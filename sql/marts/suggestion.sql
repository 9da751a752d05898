-- Suggestions raised, due, answered and closed in the period. The reply limit is the one in force on assignment
-- (代表法 2025 §51 or the province's rule).
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.suggestion as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

limited as (
    select
        n.*,
        (n.assigned_date + make_interval(months => p.value::integer))::date as reply_by
    from newest as n
    left join registry.parameter as p
        on
            p.parameter = case when n.extended_flag then 'reply_months_extended' else 'reply_months' end
            and n.assigned_date between p.valid_from and coalesce(p.valid_to, 'infinity'::date)
),

measured as (
    select
        t.township_code,
        t.period_type,
        t.period,
        count(*) filter (where e.raised_date between t.first_day and t.last_day) as received,
        count(*) filter (where e.reply_by between t.first_day and t.last_day) as due,
        count(*) filter (
            where e.reply_by between t.first_day and t.last_day and e.answered_date <= e.reply_by
        ) as on_time,
        count(*) filter (where e.closed_date between t.first_day and t.last_day) as closed,
        count(*) filter (where e.answered_date between t.first_day and t.last_day) as answered,
        count(*) filter (
            where e.answered_date between t.first_day and t.last_day and e.result = 'A'
        ) as resolved,
        count(*) filter (
            where e.answered_date between t.first_day and t.last_day and e.result in ('A', 'B', 'C', 'D')
        ) as with_result,
        count(*) filter (
            where e.answered_date between t.first_day and t.last_day and e.consulted_flag
        ) as consulted,
        count(*) filter (
            where e.answered_date between t.first_day and t.last_day and e.satisfaction in ('满意', '基本满意')
        ) as satisfied,
        count(*) filter (
            where
            e.answered_date between t.first_day and t.last_day
            and e.satisfaction in ('满意', '基本满意', '不满意')
        ) as with_opinion
    from pg_temp.target as t
    left join limited as e
        on
            t.township_code = e.township_code
            and (
                e.raised_date between t.first_day and t.last_day
                or e.reply_by between t.first_day and t.last_day
                or e.answered_date between t.first_day and t.last_day
                or e.closed_date between t.first_day and t.last_day
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
    v.is_approximate
from measured as m
left join pg_temp.last_profile as f
    on m.township_code = f.township_code and m.period_type = f.period_type and m.period = f.period
cross join lateral (
    values
    ('suggestions_received', m.received, null, null, false),
    (
        'suggestions_per_deputy', null, m.received, coalesce(f.deputy_in_office, 0),
        coalesce(f.approximate && array['deputy_in_office'], false)
    ),
    ('suggestions_on_time_rate', null, m.on_time, m.due, false),
    ('suggestions_closed', m.closed, null, null, false),
    ('suggestions_resolution_rate', null, m.resolved, m.with_result, false),
    ('suggestions_consulted_rate', null, m.consulted, m.answered, false),
    ('suggestions_satisfaction_rate', null, m.satisfied, m.with_opinion, false)
) as v (indicator, amount, numerator, denominator, is_approximate)
