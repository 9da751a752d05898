-- The rows behind figures of other meetings held in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.other_meeting as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'other_meeting' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code and e.meeting_date between t.first_day and t.last_day
cross join
    lateral (
        values
        ('party_study_count', array['meeting_date', 'kind'], e.kind = '党委专题研究人大工作')
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
