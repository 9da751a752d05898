-- Every township valid in one of the periods listed in pg_temp.wanted, with that period.
insert into pg_temp.pair (township_code, period_type, period, first_day, last_day)
select
    t.township_code,
    w.period_type,
    w.period,
    w.first_day,
    w.last_day
from pg_temp.wanted as w
inner join registry.township as t
    on w.last_day >= t.valid_from and coalesce(t.valid_to, 'infinity'::date) >= w.first_day
on conflict do nothing
