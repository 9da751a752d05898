-- What the pages of the given documents are headed with, one row per document and report (NULLs where it has none).
select
    d.document_id,
    d.sha256,
    d.text_sha256,
    d.file_name,
    d.received_at,
    d.kind as format,
    r.report_id,
    r.report_no,
    r.title,
    r.township_code,
    r.period,
    r.status,
    r.notes,
    t.name as township
from narrative.document as d
left join narrative.report as r on d.document_id = r.document_id
left join lateral (
    select k.name
    from registry.township as k
    where k.township_code = r.township_code
    order by k.valid_from desc
    limit 1
) as t on true
where d.document_id = any(:documents)
order by d.document_id, r.report_no
