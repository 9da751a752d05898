-- The newest entry of every figure of the period, those taken back included.
select distinct on (e.township_code, e.unit, e.input)
    e.township_code,
    e.unit,
    e.input,
    e.value,
    e.evidence
from restricted.panel_entry as e
where e.level = :level and e.period = :period
order by e.township_code asc, e.unit asc, e.input asc, e.entry_id desc
