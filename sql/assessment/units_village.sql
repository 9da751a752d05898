-- Villages: those the panel entered anything for.
select distinct
    t.township_code,
    e.unit,
    t.name || e.unit as name,
    t.name as township_name,
    t.kind,
    t.holds_congress,
    true as is_submitted,
    null::double precision as size
from restricted.panel_entry as e
inner join pg_temp.target as g on e.township_code = g.township_code and e.period = g.period
inner join registry.township as t
    on g.township_code = t.township_code and g.last_day between t.valid_from and coalesce(t.valid_to, 'infinity'::date)
where e.level = 'village' and e.entry_id <= :newest_panel_entry
order by t.township_code, e.unit
