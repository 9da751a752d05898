-- P01: a year-to-date total lower than in the month before of the same year (the newest with that row loaded).
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
left join lateral (
    select e.year_to_date
    from pg_temp.seen as v
    inner join event.reported_total as e on v.submission_id = e.submission_id
    where v.return_no = t.return_no and left(v.period, 4) = left(r.period, 4) and e.row_key = t.row_key
    order by v.period desc
    limit 1
) as b on true
where
    right(r.period, 2) <> '01'
    and (t.year_to_date is null or b.year_to_date is null or t.year_to_date < b.year_to_date)
