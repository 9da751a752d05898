-- Every indicator of every target: what the marts derived, NULL where they derived nothing.
create temporary view result as
select
    t.township_code,
    t.period_type,
    t.period,
    i.indicator,
    coalesce(d.amount::double precision, d.numerator::double precision / nullif(d.denominator, 0)) as value,
    d.numerator,
    d.denominator,
    coalesce(d.is_approximate, false) as is_approximate
from pg_temp.target as t
cross join pg_temp.indicator as i
left join pg_temp.derived as d
    on
        t.township_code = d.township_code
        and t.period_type = d.period_type
        and t.period = d.period
        and i.indicator = d.indicator
