-- Findings of the given submissions by rule, the frequent ones first.
select
    f.rule,
    f.severity,
    count(*) as findings,
    count(distinct f.submission_id) as returns
from intake.finding as f
where f.submission_id = any(:submissions)
group by f.rule, f.severity
order by findings desc, f.rule asc
