-- Current reports that count, of the given documents or of the given townships, neighbours together: they have most
-- words in common.
select
    r.report_id,
    r.document_id,
    r.document_id = any(:documents) as is_new
from narrative.current_report as r
where
    r.status <> 'not_counted'
    and (r.document_id = any(:documents) or r.township_code = any(:townships))
order by r.township_code, r.report_id
