-- Indicator values of the given townships.
select
    v.township_code,
    v.period,
    v.indicator,
    v.value,
    v.numerator,
    v.denominator,
    v.is_approximate
from mart.indicator_value as v
where v.township_code = any(:townships) and v.indicator = any(:indicators) and left(v.period, 4) = any(:years)
