-- The rows behind stocks of hazards: the newest version of each up to the last day, still open.
with version as (
    select
        e.*,
        lead(e.period) over (partition by e.township_code, e.row_key order by e.period) as next_period
    from event.hazard as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
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
inner join version as e
    on
        t.township_code = e.township_code
        and t.last_month >= e.period
        and (e.next_period is null or t.last_month < e.next_period)
cross join
    lateral (
        values
        ('hazards_open', array['status'], true),
        ('hazards_overdue', array['status', 'rectify_by'], e.rectify_by < t.last_day)
    ) as v (input, fields, is_counted)
where e.status in ('待整改', '整改中') and v.is_counted and v.input = any(:inputs)
