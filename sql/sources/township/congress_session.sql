-- The rows behind figures of congress sessions: sessions that began in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.congress_session as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'congress_session' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code and e.start_date between t.first_day and t.last_day
cross join
    lateral (
        values
        ('session_count', array['start_date'], true),
        ('session_attendance_rate', array['expected', 'present'], true),
        ('session_short_count', array['days'], e.days is not null),
        ('session_notice_rate', array['start_date', 'notice_date'], e.notice_date is not null),
        ('session_material_rate', array['start_date', 'material_date'], e.material_date is not null),
        ('government_report_heard', array['government_report_flag'], e.government_report_flag is not null),
        ('presidium_report_heard', array['presidium_report_flag'], e.presidium_report_flag is not null),
        ('budget_report_sessions', array['budget_report_flag'], e.budget_report_flag is not null),
        ('budget_approved', array['budget_report_flag', 'resolutions'], e.budget_report_flag),
        ('sessions_without_quorum', array['expected', 'present'], true)
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
