-- Townships of the register that a report of a period does not name: indicator values, the newest run of each period.
with v as (select distinct i.period, i.township_code from mart.indicator_value as i),

report as (
    select
        '指标表' as report,
        p.period,
        p.first_day,
        p.last_day,
        v.township_code
    from mart.period as p
    left join v on p.period = v.period
    union all
    select
        '考核结果' as report,
        r.period,
        p.last_day as first_day,  -- who no longer stands at the end is not ranked
        p.last_day,
        k.township_code
    from
        (
            select distinct on (r.period, r.rubric) r.run_id, r.period from run.run as r
            order by r.period asc, r.rubric asc, r.run_id desc)
            as r
    inner join mart.period as p on r.period = p.period
    inner join run.ranking as k on r.run_id = k.run_id
    where k.township_code in (select t.township_code from registry.township as t)
)

select
    r.report,
    r.period,
    t.township_code,
    t.name as township
from (select distinct report.report, report.period, report.first_day, report.last_day from report) as r
inner join lateral (
    select distinct on (g.township_code)
        g.township_code,
        g.name
    from registry.township as g
    where g.valid_from <= r.last_day and coalesce(g.valid_to, 'infinity'::date) >= r.first_day
    order by g.township_code asc, g.valid_from desc
) as t on true
where
    not exists (
        select from report as m
        where m.report = r.report and m.period = r.period and m.township_code = t.township_code
    )
order by r.report, r.period, t.township_code
limit 100
