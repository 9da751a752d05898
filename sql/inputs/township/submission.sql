-- Returns due in the period (its months in which the township is valid): on time counts 1, late by at most the working
-- days of grace counts a half. pg_temp.grace holds the months' last days of grace.
with first_version as (
    select distinct on (s.township_code, s.period)
        s.township_code,
        s.period,
        s.received_at::date as received_on,
        s.due_on
    from intake.submission as s
    where
        s.form = 'monthly' and s.received_at <= intake.as_of() and s.submission_id <= intake.newest_submission()
        and s.township_code in (select t.township_code from pg_temp.target as t)
    order by s.township_code asc, s.period asc, s.received_at asc, s.submission_id asc
)

select
    t.township_code,
    t.township_code as unit,
    'returns_punctuality' as input,
    null::double precision as amount,
    sum(
        case when f.received_on <= f.due_on then 1 when f.received_on <= g.grace_on then 0.5 else 0 end
    )::double precision as numerator,
    count(*)::double precision as denominator,
    false as is_approximate
from pg_temp.target as t
inner join pg_temp.grace as g
    on registry.is_valid(t.township_code, g.first_day, (g.first_day + interval '1 month' - interval '1 day')::date)
left join first_version as f on t.township_code = f.township_code and g.period = f.period
group by t.township_code
