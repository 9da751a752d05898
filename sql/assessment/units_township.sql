-- Townships valid on the period's last day: those that are ranked. One merged away in the period is not.
select
    t.township_code,
    t.township_code as unit,
    t.name,
    t.name as township_name,
    t.kind,
    t.holds_congress,
    g.is_loaded as is_submitted,
    f.deputy_in_office::double precision as size
from pg_temp.target as g
inner join registry.township as t
    on g.township_code = t.township_code and g.last_day between t.valid_from and coalesce(t.valid_to, 'infinity'::date)
left join pg_temp.last_profile as f on g.township_code = f.township_code
order by t.township_code
