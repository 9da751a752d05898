-- How often each rule could not be applied to the given submissions because an input was missing.
select
    n.rule,
    sum(n.cases) as cases
from intake.not_evaluable as n
where n.submission_id = any(:submissions)
group by n.rule
order by cases desc, n.rule asc
