-- Returns due in the period (its months in which the township is valid): how many came in time, how many had no hard
-- finding in their first version. A rejected first version was received all the same.
with due as (
    select
        t.township_code,
        t.period_type,
        t.period,
        to_char(m.first_day, 'YYYY-MM') as month
    from pg_temp.target as t
    cross join
        lateral (
            select g.moment::date as first_day
            from generate_series(t.first_day::timestamp, t.last_day::timestamp, interval '1 month') as g (moment)
        ) as m
    where registry.is_valid(t.township_code, m.first_day, (m.first_day + interval '1 month' - interval '1 day')::date)
),

first_version as (
    select distinct on (s.township_code, s.period)
        s.township_code,
        s.period,
        s.received_at::date <= s.due_on as is_on_time,
        s.hard_findings = 0 as is_clean
    from intake.submission as s
    where
        s.form = 'monthly' and s.received_at <= intake.as_of()
        and s.township_code in (select t.township_code from pg_temp.target as t)
    order by s.township_code asc, s.period asc, s.received_at asc, s.submission_id asc
),

measured as (
    select
        d.township_code,
        d.period_type,
        d.period,
        count(*) as due,
        count(*) filter (where f.is_on_time) as on_time,
        count(*) filter (where f.is_clean) as clean
    from due as d
    left join first_version as f on d.township_code = f.township_code and d.month = f.period
    group by d.township_code, d.period_type, d.period
)

select
    m.township_code,
    m.period_type,
    m.period,
    v.indicator,
    null::bigint as amount,
    v.numerator,
    m.due as denominator,
    false as is_approximate
from measured as m
cross join lateral (
    values
    ('returns_on_time_rate', m.on_time),
    ('returns_clean_rate', m.clean)
) as v (indicator, numerator)
