-- The results stand in mart.indicator_value; rows that did not change are left alone.
insert into mart.indicator_value as v (
    township_code, period_type, period, indicator, value, numerator, denominator, is_approximate
)
select
    r.township_code,
    r.period_type,
    r.period,
    r.indicator,
    r.value,
    r.numerator,
    r.denominator,
    r.is_approximate
from pg_temp.result as r
on conflict (township_code, period_type, period, indicator) do update
    set
        value = excluded.value,
        numerator = excluded.numerator,
        denominator = excluded.denominator,
        is_approximate = excluded.is_approximate
    where
    (v.value, v.numerator, v.denominator, v.is_approximate)
    is distinct from (excluded.value, excluded.numerator, excluded.denominator, excluded.is_approximate)
