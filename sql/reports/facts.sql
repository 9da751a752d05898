-- Facts of the given reports that may be held against the returns: totals, sure or confirmed.
select
    f.fact_id,
    f.report_id,
    f.document_id,
    f.township_code,
    f.period,
    f.indicator,
    f.value,
    f.unit,
    f.is_approximate,
    f.period_text,
    f.is_near,
    f.quote,
    f.start_offset,
    f.end_offset,
    r.years
from narrative.current_fact as f
inner join narrative.report as r on f.report_id = r.report_id
where
    f.report_id = any(:reports)
    and f.scope = 'total'
    and f.status in ('accepted', 'confirmed')
    and f.indicator = any(:indicators)
order by f.fact_id
