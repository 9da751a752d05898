-- The given reports with what their texts are found by.
select
    r.report_id,
    r.document_id,
    r.start_offset,
    r.end_offset,
    r.title,
    r.township_code,
    r.period,
    r.last_month,
    d.sha256,
    d.text_sha256,
    d.file_name,
    d.received_at,
    coalesce(t.name, r.place, '未识别的乡镇') as township
from narrative.report as r
inner join narrative.document as d on r.document_id = d.document_id
left join lateral (
    select k.name
    from registry.township as k
    where k.township_code = r.township_code
    order by k.valid_from desc
    limit 1
) as t on true
where r.report_id = any(:reports)
order by r.report_id
