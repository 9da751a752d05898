-- Narrative reports in their newest version received since a day.
select
    r.report_id,
    n.document_id,
    r.township_code,
    r.period,
    r.title,
    r.status,
    r.received_at,
    r.file_name,
    r.facts
from research.report as r
inner join narrative.report as n on r.report_id = n.report_id
where r.township_code is not null and r.source = 'inbox' and r.received_at >= :since
order by r.received_at desc, r.report_id desc
