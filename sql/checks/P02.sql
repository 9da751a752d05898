-- P02: the year-to-date total differs from the sum of the months since January; open when one of them is not loaded
-- or the row's own figures cannot be read.
with since_january as (
    select
        t.return_no,
        t.excel_row,
        count(e.this_month) as months,
        coalesce(sum(e.this_month), 0) as total
    from pg_temp.staged_reported_total as t
    inner join pg_temp.staged_return as r on t.return_no = r.return_no
    left join pg_temp.seen as v on t.return_no = v.return_no and left(v.period, 4) = left(r.period, 4)
    left join event.reported_total as e on v.submission_id = e.submission_id and t.row_key = e.row_key
    group by t.return_no, t.excel_row
)

select
    t.return_no,
    'reported_total' as sheet,
    t.excel_row,
    'year_to_date' as field,
    t.row_key,
    t.indicator as label,
    t.year_to_date::text as observed,
    (b.total + t.this_month)::text as expected,
    case
        when t.year_to_date is null or t.this_month is null then 'open'
        when b.months = right(r.period, 2)::integer - 1 then 'failed'
        else 'open'
    end as outcome
from pg_temp.staged_reported_total as t
inner join pg_temp.staged_return as r on t.return_no = r.return_no
inner join since_january as b on t.return_no = b.return_no and t.excel_row = b.excel_row
where
    t.year_to_date is null
    or t.this_month is null
    or b.months <> right(r.period, 2)::integer - 1
    or t.year_to_date <> b.total + t.this_month
