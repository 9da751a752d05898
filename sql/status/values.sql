-- Indicator values of every township for the months from first to last and for the year of the last.
select
    v.township_code,
    v.period,
    v.indicator,
    v.value,
    v.is_approximate
from mart.indicator_value as v
where
    (v.period_type = 'month' and v.period between :first and :last)
    or (v.period_type = 'year' and v.period = left(:last, 4))
order by v.township_code, v.period
