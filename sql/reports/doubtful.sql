-- Facts that wait for a person, the surest last.
select
    f.sha256,
    f.indicator,
    f.value,
    f.unit,
    f.confidence,
    f.period,
    f.period_text,
    f.quote,
    f.document,
    f.start_offset,
    f.end_offset,
    d.text_sha256,
    t.name as township
from narrative.current_fact as f
inner join narrative.document as d on f.document_id = d.document_id
left join lateral (
    select k.name
    from registry.township as k
    where k.township_code = f.township_code
    order by k.valid_from desc
    limit 1
) as t on true
where f.status = 'doubtful'
order by f.township_code asc, f.document asc, f.start_offset asc, f.indicator asc
