-- P02: the year-to-date total differs from the sum of the months since January; open when one of them is not loaded
-- or the row's own figures cannot be read.
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
cross join
    lateral (
        select
            count(e.this_month) as months,
            coalesce(sum(e.this_month), 0) as total
        from pg_temp.seen as v
        inner join event.reported_total as e on v.submission_id = e.submission_id
        where v.return_no = t.return_no and left(v.period, 4) = left(r.period, 4) and e.row_key = t.row_key
    ) as b
where
    t.year_to_date is null
    or t.this_month is null
    or b.months <> right(r.period, 2)::integer - 1
    or t.year_to_date <> b.total + t.this_month
