-- How often each rule could not be applied to the given documents.
select
    n.rule,
    sum(n.cases) as cases
from narrative.not_evaluable as n
where n.document_id = any(:documents)
group by n.rule
order by n.rule
