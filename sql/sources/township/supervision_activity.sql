-- The rows behind figures of supervision: activities that began in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.supervision_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'supervision_activity' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code and e.start_date between t.first_day and t.last_day
cross join
    lateral (
        values
        ('supervision_count', array['start_date'], true),
        ('inspection_count', array['kind', 'start_date'], e.kind = '视察'),
        ('research_count', array['kind', 'start_date'], e.kind = '专题调研'),
        ('law_check_count', array['kind', 'start_date'], e.kind = '执法检查'),
        ('appraisal_count', array['kind', 'start_date'], e.kind = '工作评议'),
        ('special_report_count', array['kind', 'start_date'], e.kind = '听取专项报告'),
        ('special_supervision_count', array['kind', 'start_date'], e.kind = '专项督查'),
        (
            'opinion_reply_rate',
            array['opinions_issued', 'opinions_replied'],
            coalesce(e.opinions_issued, e.opinions_replied) is not null
        )
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
