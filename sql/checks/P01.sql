-- P01: a year-to-date total lower than in the month before of the same year (the newest with that row loaded).
with before as (
    select distinct on (t.return_no, t.excel_row)
        t.return_no,
        t.excel_row,
        e.year_to_date
    from pg_temp.staged_reported_total as t
    inner join pg_temp.staged_return as r on t.return_no = r.return_no
    inner join pg_temp.seen as v on t.return_no = v.return_no and left(v.period, 4) = left(r.period, 4)
    inner join event.reported_total as e on v.submission_id = e.submission_id and t.row_key = e.row_key
    order by t.return_no asc, t.excel_row asc, v.period desc
)

select
    t.return_no,
    'reported_total' as sheet,
    t.excel_row,
    'year_to_date' as field,
    t.row_key,
    t.indicator as label,
    t.year_to_date::text as observed,
    b.year_to_date::text as expected,
    case when t.year_to_date < b.year_to_date then 'failed' else 'open' end as outcome
from pg_temp.staged_reported_total as t
inner join pg_temp.staged_return as r on t.return_no = r.return_no
left join before as b on t.return_no = b.return_no and t.excel_row = b.excel_row
where
    right(r.period, 2) <> '01'
    and (t.year_to_date is null or b.year_to_date is null or t.year_to_date < b.year_to_date)
