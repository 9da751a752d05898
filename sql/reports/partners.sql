-- Reports that may share a passage with the given ones: those that meet them in several values of their sketches. Of a
-- value that very many reports have, the earliest holders are asked only: a copy meets its source among them.
select
    mine.report_id,
    held.report_id as other_report_id,
    count(*) as meetings
from narrative.sketch as mine
inner join lateral (
    select s.report_id
    from narrative.sketch as s
    where s.value = mine.value
    order by s.report_id
    limit 40
) as held on mine.report_id <> held.report_id
where mine.report_id = any(:reports)
group by mine.report_id, held.report_id
having count(*) >= :least
