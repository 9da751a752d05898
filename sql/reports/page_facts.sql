-- Facts of the given documents with what people decided and what the returns say.
select
    f.*,
    c.outcome,
    c.returned,
    c.reason,
    c.returned_rows,
    c.first_month,
    c.last_month
from narrative.current_fact as f
left join narrative.comparison as c on f.fact_id = c.fact_id
where f.document_id = any(:documents)
order by f.document_id, f.start_offset, f.fact_id
