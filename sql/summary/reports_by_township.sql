-- Reports of the given documents by township with what was found; those of no township come last.
select
    r.township_code,
    coalesce(t.name, '未识别') as township,
    count(*) as reports,
    count(*) filter (where r.status <> 'not_counted') as counted,
    coalesce(sum(n.copied), 0) as copied,
    coalesce(sum(n.disagreements), 0) as disagreements,
    coalesce(sum(w.doubtful), 0) as doubtful
from narrative.report as r
left join lateral (
    select
        count(*) filter (where f.rule = 'P08') as copied,
        count(*) filter (where f.rule = 'P09') as disagreements
    from narrative.finding as f
    where f.report_id = r.report_id
) as n on true
left join lateral (
    select count(*) as doubtful
    from narrative.current_fact as c
    where c.report_id = r.report_id and c.status = 'doubtful'
) as w on true
left join lateral (
    select k.name
    from registry.township as k
    where k.township_code = r.township_code
    order by k.valid_from desc
    limit 1
) as t on true
where r.document_id = any(:documents)
group by r.township_code, t.name
order by r.township_code is null, disagreements desc, copied desc, r.township_code asc
