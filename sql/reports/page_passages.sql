-- Shared passages of the given documents with where the other text stands.
select
    r.document_id,
    p.start_offset,
    p.end_offset,
    p.other_start,
    p.other_end,
    p.characters,
    p.share,
    p.template,
    d.sha256 as other_sha256,
    d.text_sha256 as other_text_sha256,
    d.file_name as other_file,
    o.period as other_period,
    t.name as other_township
from narrative.passage as p
inner join narrative.report as r on p.report_id = r.report_id
left join narrative.report as o on p.other_report_id = o.report_id
left join narrative.document as d on o.document_id = d.document_id
left join lateral (
    select k.name
    from registry.township as k
    where k.township_code = o.township_code
    order by k.valid_from desc
    limit 1
) as t on true
where r.document_id = any(:documents)
order by r.document_id, p.start_offset
