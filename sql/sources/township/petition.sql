-- The rows behind figures of petitions received in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.petition as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'petition' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code and e.received_date between t.first_day and t.last_day
cross join
    lateral (
        values
        ('petitions_closed_rate', array['received_date', 'closed_date'], true)
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
