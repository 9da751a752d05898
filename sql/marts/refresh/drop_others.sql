-- After a rebuild: values of periods no longer kept, or of townships not valid in them, are gone.
delete from mart.indicator_value as v
where not exists (
    select 1 from pg_temp.pair as p
    where p.township_code = v.township_code and p.period_type = v.period_type and p.period = v.period
)
