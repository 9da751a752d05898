-- Deputies' groups of the register of townships valid on the period's last day.
select
    t.township_code,
    min(r.deputy_group) as unit,
    t.name || min(r.deputy_group) as name,
    t.name as township_name,
    t.kind,
    t.holds_congress,
    true as is_submitted,
    count(*)::double precision as size
from pg_temp.register_month as m
inner join pg_temp.target as g on m.township_code = g.township_code
inner join registry.township as t
    on g.township_code = t.township_code and g.last_day between t.valid_from and coalesce(t.valid_to, 'infinity'::date)
inner join restricted.deputy_record as r on m.submission_id = r.submission_id
where r.deputy_group is not null
group by t.township_code, t.name, t.kind, t.holds_congress, registry.fold(r.deputy_group)
order by t.township_code, min(r.deputy_group)
