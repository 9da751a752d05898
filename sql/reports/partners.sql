-- For each of the given reports the others most likely to share a passage with it, the likeliest first: those that meet
-- it in several values of their sketches. Of a value that very many reports have (a circular's words) the earliest
-- holders are asked only, for a copy meets its source among them, and such a meeting weighs little: a value had by two
-- tells more than one had by all. Versions and parts of one township's report of one time are left out: what is told
-- again there is no copy.
with held as materialized (
    select
        mine.report_id,
        array(
            select s.report_id
            from narrative.sketch as s
            where s.value = mine.value
            order by s.report_id
            limit :asked
        ) as holders
    from narrative.sketch as mine
    where mine.report_id = any(:reports)
),

met as (
    select
        h.report_id,
        other.report_id as other_report_id,
        count(*) as meetings,
        sum(1.0::float8 / cardinality(h.holders)) as weight
    from held as h
    cross join unnest(h.holders) as other (report_id) -- noqa: AL05
    where h.report_id <> other.report_id
    group by h.report_id, other.report_id
    having count(*) >= :least
),

ranked as (
    select
        m.report_id,
        m.other_report_id,
        row_number() over (
            partition by m.report_id order by m.weight desc, m.meetings desc, m.other_report_id asc
        ) as place
    from met as m
    inner join narrative.report as r on m.report_id = r.report_id
    inner join narrative.report as o on m.other_report_id = o.report_id
    where
        r.township_code is distinct from o.township_code
        or (
            r.period <> o.period
            and (
                translate(r.period, '0123456789', '') = translate(o.period, '0123456789', '')
                or left(r.last_month, 4) <> left(o.last_month, 4)
            )
        )
)

select
    k.report_id,
    k.other_report_id
from ranked as k
where k.place <= :most
order by k.report_id asc, k.place asc
