-- Returns due in the period (its months in which the township is valid and not exempted): how many came in time (by the
-- extended day where an extension was granted), how many had no hard finding in their first version. A rejected first
-- version was received all the same, an empty one was not.
with due as (
    select
        t.township_code,
        t.period_type,
        t.period,
        to_char(m.first_day, 'YYYY-MM') as month,
        g.extended_to
    from pg_temp.target as t
    cross join
        lateral (
            select g.moment::date as first_day
            from generate_series(t.first_day::timestamp, t.last_day::timestamp, interval '1 month') as g (moment)
        ) as m
    left join duty.granted as g
        on
            t.township_code = g.township_code and g.form = 'monthly'
            and g.period = to_char(m.first_day, 'YYYY-MM')
    where
        registry.is_valid(t.township_code, m.first_day, (m.first_day + interval '1 month' - interval '1 day')::date)
        and g.is_exempt is not true
),

first_version as (
    select distinct on (s.township_code, s.period)
        s.township_code,
        s.period,
        s.received_at::date as received_on,
        s.due_on,
        s.hard_findings = 0 as is_clean
    from intake.submission as s
    where
        s.form = 'monthly' and s.received_at <= intake.as_of() and s.submission_id <= intake.newest_submission()
        and s.township_code in (select t.township_code from pg_temp.target as t)
        and s.submission_id not in (select e.submission_id from intake.empty_return as e)
    order by s.township_code asc, s.period asc, s.received_at asc, s.submission_id asc
),

measured as (
    select
        d.township_code,
        d.period_type,
        d.period,
        count(*) as due,
        count(*) filter (where f.received_on <= greatest(f.due_on, d.extended_to)) as on_time,
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
