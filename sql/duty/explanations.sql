-- Explanations in force, the newest first; `standing`: the warning is still in a return in use.
select
    e.explanation_id,
    e.township_code,
    t.name as township,
    e.rule,
    e.message,
    e.said,
    e.said_by,
    e.said_at,
    e.submission_id,
    e.state,
    e.decided_by,
    e.decision,
    exists(
        select from duty.warning as w
        where w.township_code = e.township_code and w.finding_key = e.finding_key
    ) as standing
from duty.explanation as e
left join lateral (
    select r.name
    from registry.township as r
    where r.township_code = e.township_code
    order by r.valid_from desc
    limit 1
) as t on true
where e.state <> 'replaced' and (e.state = 'open' or not :only_open)
order by e.explanation_id desc
