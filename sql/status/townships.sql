-- Every township the register knows, by its newest interval, with the name of the one it was merged into.
select distinct on (t.township_code)
    t.township_code,
    t.name,
    t.kind,
    t.valid_to,
    t.successor_code,
    s.name as successor
from registry.township as t
left join lateral (
    select r.name
    from registry.township as r
    where r.township_code = t.successor_code
    order by r.valid_from desc
    limit 1
) as s on true
order by t.township_code asc, t.valid_from desc
