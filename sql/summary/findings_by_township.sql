-- Returns and findings of the given submissions by township; those of no township come last.
select
    s.township_code,
    coalesce(t.name, '未识别') as township,
    count(*) as returns,
    count(*) filter (where s.status = 'accepted') as accepted,
    count(*) filter (where s.status = 'returned') as returned,
    count(*) filter (where s.status = 'rejected') as rejected,
    sum(s.hard_findings) as hard,
    sum(s.warnings) as warnings
from intake.submission as s
left join lateral (
    select r.name
    from registry.township as r
    where r.township_code = s.township_code
    order by r.valid_from desc
    limit 1
) as t on true
where s.submission_id = any(:submissions)
group by s.township_code, t.name
order by s.township_code is null, hard desc, s.township_code asc
