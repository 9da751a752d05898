-- Findings of the given documents by rule, the frequent ones first.
select
    f.rule,
    f.severity,
    count(*) as findings,
    count(distinct f.document_id) as documents
from narrative.finding as f
where f.document_id = any(:documents)
group by f.rule, f.severity
order by findings desc, f.rule asc
