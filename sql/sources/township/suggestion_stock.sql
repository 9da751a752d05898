-- The rows behind the stock of suggestions: the newest version of each up to the last day, not closed.
with version as (
    select
        e.*,
        lead(e.period) over (partition by e.township_code, e.row_key order by e.period) as next_period
    from event.suggestion as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
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
inner join version as e
    on
        t.township_code = e.township_code
        and t.last_month >= e.period
        and (e.next_period is null or t.last_month < e.next_period)
cross join
    lateral (
        values
        ('suggestions_open', array['closed_date'], true)
    ) as v (input, fields, is_counted)
where (e.closed_date is null or e.closed_date > t.last_day) and v.is_counted and v.input = any(:inputs)
