-- The rows behind figures of suggestions: raised, due, answered and closed in the period.
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
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'suggestion' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join limited as e on t.township_code = e.township_code
cross join
    lateral (
        values
        ('suggestions_received', array['raised_date'], e.raised_date between t.first_day and t.last_day),
        ('suggestions_per_deputy', array['raised_date'], e.raised_date between t.first_day and t.last_day),
        (
            'suggestions_on_time_rate',
            array['assigned_date', 'answered_date'],
            e.reply_by between t.first_day and t.last_day
        ),
        ('suggestions_closed', array['closed_date'], e.closed_date between t.first_day and t.last_day),
        (
            'suggestions_resolution_rate',
            array['answered_date', 'result'],
            e.answered_date between t.first_day and t.last_day and e.result in ('A', 'B', 'C', 'D')
        ),
        (
            'suggestions_consulted_rate',
            array['answered_date', 'consulted_flag'],
            e.answered_date between t.first_day and t.last_day
        ),
        (
            'suggestions_satisfaction_rate', array['answered_date', 'satisfaction'],
            e.answered_date between t.first_day and t.last_day and e.satisfaction in ('满意', '基本满意', '不满意')
        ),
        (
            'suggestions_feedback_rate',
            array['answered_date', 'satisfaction'],
            e.answered_date between t.first_day and t.last_day
        ),
        (
            'suggestions_closed_rate',
            array['answered_date', 'closed_date'],
            e.answered_date between t.first_day and t.last_day
        ),
        (
            'suggestions_assigned_rate', array['raised_date', 'assigned_date'],
            e.raised_date between t.first_day and t.last_day
            and (e.assigned_date is not null or e.raised_date + 30 <= t.last_day)
        )
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
