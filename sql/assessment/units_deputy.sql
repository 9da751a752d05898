-- Deputies of the register of townships valid on the period's last day. Names: for the county only.
select
    t.township_code,
    coalesce(r.deputy_no, r.row_key) as unit,
    r.deputy_name as name,
    t.name as township_name,
    t.kind,
    t.holds_congress,
    true as is_submitted,
    null::double precision as size
from pg_temp.register_month as m
inner join pg_temp.target as g on m.township_code = g.township_code
inner join registry.township as t
    on g.township_code = t.township_code and g.last_day between t.valid_from and coalesce(t.valid_to, 'infinity'::date)
inner join restricted.deputy_record as r on m.submission_id = r.submission_id
order by t.township_code, coalesce(r.deputy_no, r.row_key)
