-- The townships and periods whose values the submissions may have changed: periods that hold their month or follow it
-- (stocks, last reported figures, the register), and periods in which a row of pg_temp.version is counted, unless every
-- version of its key counts alike and one stands in a month the load did not touch.
with counted as (
    select
        v.township_code,
        array_agg(distinct d.counted_on) filter (where d.counted_on is not null) as dates
    from pg_temp.version as v
    cross join lateral unnest(v.dates) as d (counted_on)
    group by v.township_code, v.sheet, v.row_key
    having count(distinct v.measure) > 1 or not bool_or(v.stands_elsewhere)
),

touched as (
    select
        c.township_code,
        p.period_type,
        p.period
    from (
        select distinct
            d.township_code,
            u.counted_on
        from counted as d
        cross join unnest(d.dates) as u (counted_on)
    ) as c
    inner join mart.period as p on c.counted_on between p.first_day and p.last_day
    union distinct
    select
        m.township_code,
        p.period_type,
        p.period
    from pg_temp.moved_return as m
    inner join mart.period as p on p.last_day >= (m.period || '-01')::date
)

insert into pg_temp.pair (township_code, period_type, period, first_day, last_day)
select
    t.township_code,
    p.period_type,
    p.period,
    p.first_day,
    p.last_day
from touched as t
inner join mart.period as p on t.period_type = p.period_type and t.period = p.period
where registry.is_valid(t.township_code, p.first_day, p.last_day)
on conflict do nothing
