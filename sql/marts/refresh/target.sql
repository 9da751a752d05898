-- The pairs with their days, whether a return of the period is loaded, and whether one is of a month up to its end.
create temporary table target on commit drop as
with reported as (
    select
        c.township_code,
        array_agg(c.period order by c.period) as months
    from pg_temp.current_return as c
    group by c.township_code
)

select
    k.township_code,
    k.period_type,
    k.period,
    k.first_day,
    k.last_day,
    to_char(k.first_day, 'YYYY-MM') as first_month,
    to_char(k.last_day, 'YYYY-MM') as last_month,
    exists(
        select 1 from unnest(r.months) as m (month)
        where m.month between to_char(k.first_day, 'YYYY-MM') and to_char(k.last_day, 'YYYY-MM')
    ) as is_loaded,
    coalesce(r.months[1] <= to_char(k.last_day, 'YYYY-MM'), false) as has_history
from pg_temp.pair as k
left join reported as r on k.township_code = r.township_code
