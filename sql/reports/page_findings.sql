-- Findings of the given documents as they are shown: hard ones first.
select
    f.document_id,
    f.rule,
    f.severity,
    f.message,
    f.start_offset,
    f.end_offset,
    f.fact_id,
    f.quote
from narrative.finding as f
where f.document_id = any(:documents)
order by f.document_id asc, f.severity asc, f.rule desc, f.start_offset asc, f.finding_no asc
