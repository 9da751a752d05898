-- What every township owed from one month to another, who answers for it today, and what its version in use lacks.
-- Warnings are counted by what was said about them: an accepted or open explanation leaves none to ask for.
with asked as (
    select
        w.submission_id,
        count(*) as warnings,
        count(*) filter (where w.state in ('unexplained', 'changed', 'refused')) as unexplained
    from duty.warning as w
    where w.period between :first and :last
    group by w.submission_id
),

answering as (
    select
        t.township_code,
        duty.responsible(t.township_code, :day) as owner
    from (select distinct r.township_code from registry.township as r) as t
),

newest as (
    select distinct on (v.township_code, v.form, v.period)
        v.township_code,
        v.form,
        v.period,
        v.submission_id,
        v.status,
        v.received_at,
        v.file_name,
        v.hard_findings,
        count(*) over (partition by v.township_code, v.form, v.period) as version
    from intake.submission as v
    where v.township_code is not null and v.period between :first and :last and v.received_at <= intake.as_of()
    order by v.township_code asc, v.form asc, v.period asc, v.received_at desc, v.submission_id desc
)

select
    o.*,
    w.owner,
    n.submission_id as newest_submission_id,
    n.status as newest_status,
    n.received_at as newest_received_at,
    n.file_name,
    n.version as newest_version,
    coalesce(n.hard_findings, 0) as hard_findings,
    coalesce(a.warnings, 0) as warnings,
    coalesce(a.unexplained, 0) as unexplained
from duty.obligation as o
inner join answering as w on o.township_code = w.township_code
left join newest as n on o.township_code = n.township_code and o.form = n.form and o.period = n.period
left join asked as a on o.current_submission_id = a.submission_id
where o.period between :first and :last
order by o.period, o.township_code
