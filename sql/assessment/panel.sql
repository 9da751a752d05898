-- The panel's newest entries for the period, up to the snapshot; an entry without a value takes an earlier one back.
select
    n.entry_id,
    n.township_code,
    n.unit,
    n.input,
    n.value
from (
    select distinct on (e.township_code, e.unit, e.input) e.*
    from restricted.panel_entry as e
    where e.level = :level and e.period = :period and e.entry_id <= :newest_panel_entry
    order by e.township_code asc, e.unit asc, e.input asc, e.entry_id desc
) as n
where n.value is not null
order by n.township_code, n.unit, n.input
