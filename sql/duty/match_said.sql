-- The warnings that what was said in staged returns speaks of, the last words of a return counting: by key, else by
-- rule
-- and sentence where these name one warning of the township only. Findings of returns received later are not looked at.
create temporary table matched on commit drop as
with own as (
    select
        d.submission_id,
        s.township_code,
        s.received_at,
        d.line,
        d.key,
        d.rule,
        d.message,
        d.said
    from pg_temp.said as d
    inner join intake.submission as s on d.submission_id = s.submission_id
    where s.township_code is not null
),

speaker as (
    select distinct
        o.submission_id,
        o.township_code,
        o.received_at
    from own as o
),

warning as (
    select distinct on (o.submission_id, k.finding_key)
        o.submission_id,
        k.finding_key,
        f.rule,
        f.sheet,
        f.row_key,
        f.field,
        f.message
    from speaker as o
    inner join intake.submission as s
        on
            o.township_code = s.township_code
            and (s.received_at, s.submission_id) <= (o.received_at, o.submission_id)
    inner join intake.finding as f on s.submission_id = f.submission_id and f.severity = 'warn'
    cross join
        duty.finding_key(f.rule, f.sheet, f.row_key, f.field, f.observed, f.expected, f.message) as k (finding_key)
    order by o.submission_id asc, k.finding_key asc, s.received_at desc
),

by_sentence as (
    select
        w.submission_id,
        w.rule,
        w.message,
        min(w.finding_key) as finding_key
    from warning as w
    group by w.submission_id, w.rule, w.message
    having count(*) = 1
),

named as (
    select
        o.*,
        coalesce(k.finding_key, b.finding_key) as finding_key
    from own as o
    left join warning as k on o.submission_id = k.submission_id and o.key = k.finding_key
    left join by_sentence as b
        on
            k.finding_key is null and o.submission_id = b.submission_id and o.rule = b.rule
            and o.message = b.message
)

select distinct on (n.township_code, n.finding_key)
    n.township_code,
    n.finding_key,
    w.rule,
    w.sheet,
    w.row_key,
    w.field,
    w.message,
    n.said,
    n.submission_id,
    n.received_at
from named as n
inner join warning as w on n.submission_id = w.submission_id and n.finding_key = w.finding_key
order by n.township_code asc, n.finding_key asc, n.received_at desc, n.submission_id desc, n.line desc
