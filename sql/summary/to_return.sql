-- The given submissions that go back to their township: those with a hard finding or a warning.
select
    s.submission_id,
    s.sha256,
    s.file_name,
    s.received_at,
    s.status,
    s.township_code,
    s.period,
    greatest(s.due_on, g.extended_to) as due_on,
    s.hard_findings,
    s.warnings,
    v.version,
    case
        when g.extended_to is null then v.days_late
        else least(v.days_late, greatest(0, s.received_at::date - greatest(s.due_on, g.extended_to)))
    end as days_late,
    t.name as township
from intake.submission as s
inner join intake.version as v on s.submission_id = v.submission_id
left join duty.granted as g on s.township_code = g.township_code and s.form = g.form and s.period = g.period
left join lateral (
    select r.name
    from registry.township as r
    where r.township_code = s.township_code
    order by r.valid_from desc
    limit 1
) as t on true
where s.submission_id = any(:submissions) and (s.hard_findings > 0 or s.warnings > 0)
order by s.submission_id
