-- What is not settled yet: hazards, suggestions and petitions in their newest version, the oldest first.
select
    n.township_code,
    n.kind,
    n.item_no,
    n.title,
    n.since,
    n.due_on,
    n.state,
    n.period
from (
    select
        h.township_code,
        'hazard' as kind,
        h.hazard_no as item_no,
        concat_ws('，', h.severity || '隐患', h.category, h.place) as title,
        h.found_date as since,
        h.rectify_by as due_on,
        h.status as state,
        h.period
    from research.hazard as h
    where h.status in ('待整改', '整改中')
    union all
    select
        s.township_code,
        'suggestion' as kind,
        s.suggestion_no as item_no,
        s.title,
        s.raised_date as since,
        null::date as due_on,
        case when s.answered_date is null then '未答复' else '已答复未办结' end as state,
        s.period
    from research.suggestion as s
    where s.closed_date is null
    union all
    select
        p.township_code,
        'petition' as kind,
        p.petition_no as item_no,
        p.category as title,
        p.received_date as since,
        null::date as due_on,
        p.status as state,
        p.period
    from research.petition as p
    where p.status <> '已办结'
) as n
order by n.township_code, n.kind, n.since nulls last, n.item_no
