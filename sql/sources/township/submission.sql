-- The first version of every return due in the period: its arrival and its findings are what is counted, no cell of it.
select distinct on (s.township_code, s.period, v.input)
    s.township_code,
    s.township_code as unit,
    v.input,
    s.submission_id,
    'intake' as sheet,
    0 as excel_row,
    array[]::text[] as fields
from pg_temp.target as t
inner join intake.submission as s
    on t.township_code = s.township_code and s.period between t.first_month and t.last_month
cross join (values ('returns_on_time_rate'), ('returns_clean_rate'), ('returns_punctuality')) as v (input)
where
    s.form = 'monthly'
    and s.received_at <= intake.as_of()
    and s.submission_id <= intake.newest_submission()
    and v.input = any(:inputs)
order by s.township_code asc, s.period asc, v.input asc, s.received_at asc, s.submission_id asc
