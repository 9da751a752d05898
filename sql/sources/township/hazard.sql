-- The rows behind figures of hazards: found, notified, due and rectified in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.hazard as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'hazard' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code
cross join
    lateral (
        values
        ('hazards_found', array['found_date'], e.found_date between t.first_day and t.last_day),
        (
            'hazards_found_major',
            array['found_date', 'severity'],
            e.found_date between t.first_day and t.last_day and e.severity = '重大'
        ),
        (
            'rectification_notices',
            array['notice_no', 'notice_date'],
            e.notice_date between t.first_day and t.last_day and e.notice_no is not null
        ),
        (
            'hazards_on_time_rate',
            array['rectify_by', 'rectified_date'],
            e.rectify_by between t.first_day and t.last_day
        ),
        ('hazards_rectified', array['rectified_date'], e.rectified_date between t.first_day and t.last_day)
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
