-- Values are stored as of now. Where another moment is set the view refuses rather than answer for the wrong one.
create view research.indicator_value as
select
    v.township_code,
    v.period_type,
    v.period,
    v.indicator,
    v.value,
    v.numerator,
    v.denominator,
    v.is_approximate
from mart.indicator_value as v
where (select mart.refuse_as_of());
comment on view research.indicator_value is '指标值: one row per township, period and indicator';
comment on column research.indicator_value.township_code is '行政区划代码: the township';
comment on column research.indicator_value.period_type is '期类: month, quarter or year';
comment on column research.indicator_value.period is '统计期: 2025-03, 2025Q1 or 2025';
comment on column research.indicator_value.indicator is '指标: code of the indicator';
comment on column research.indicator_value.value
is '值: rates 0..1; NULL when no return of the period is loaded or the denominator is empty';
comment on column research.indicator_value.numerator is '分子: of a rate, NULL for counts';
comment on column research.indicator_value.denominator is '分母: of a rate, NULL for counts';
comment on column research.indicator_value.is_approximate is '含约数: a cell it rests on was approximate (rule C06)';
