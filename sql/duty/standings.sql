-- Per warning of the given returns: the explanation in force, else the newest one given for the same matter with other
-- values (state changed). Warnings never explained have no row.
with warning as (
    select
        s.submission_id,
        s.township_code,
        f.rule,
        f.sheet,
        f.row_key,
        f.field,
        duty.finding_key(f.rule, f.sheet, f.row_key, f.field, f.observed, f.expected, f.message) as finding_key
    from intake.submission as s
    inner join intake.finding as f on s.submission_id = f.submission_id and f.severity = 'warn'
    where s.submission_id = any(:submissions) and s.township_code is not null
)

select distinct on (w.submission_id, w.finding_key)
    w.submission_id,
    w.finding_key,
    e.said,
    e.decision,
    case when e.finding_key = w.finding_key then e.state else 'changed' end as state
from warning as w
inner join duty.explanation as e
    on
        w.township_code = e.township_code
        and e.state <> 'replaced'
        and (
            w.finding_key = e.finding_key
            or (
                w.row_key is not null and w.rule = e.rule and w.row_key = e.row_key
                and w.sheet is not distinct from e.sheet and w.field is not distinct from e.field
            )
        )
order by w.submission_id asc, w.finding_key asc, (e.finding_key = w.finding_key) desc, e.explanation_id desc
