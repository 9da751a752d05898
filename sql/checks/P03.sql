-- P03: against its newest loaded row of an earlier month a hazard is open again, or a recorded date is emptied; open
-- where status, date or key cannot be read.
with hazard as (
    select
        t.*,
        b.status as status_before,
        b.found_date as found_before,
        b.notice_date as notice_before,
        b.rectify_by as rectify_before,
        b.rectified_date as rectified_before
    from pg_temp.staged_hazard as t
    cross join lateral (
        select e.status, e.found_date, e.notice_date, e.rectify_by, e.rectified_date
        from pg_temp.seen as v
        inner join event.hazard as e on v.submission_id = e.submission_id
        where v.return_no = t.return_no and e.row_key = t.row_key
        order by v.period desc
        limit 1
    ) as b
),

suggestion as (
    select
        t.*,
        b.raised_date as raised_before,
        b.assigned_date as assigned_before,
        b.answered_date as answered_before,
        b.closed_date as closed_before
    from pg_temp.staged_suggestion as t
    cross join lateral (
        select e.raised_date, e.assigned_date, e.answered_date, e.closed_date
        from pg_temp.seen as v
        inner join event.suggestion as e on v.submission_id = e.submission_id
        where v.return_no = t.return_no and e.row_key = t.row_key
        order by v.period desc
        limit 1
    ) as b
),

emptied as (
    select
        h.return_no,
        'hazard' as sheet,
        h.excel_row,
        h.row_key,
        d.field,
        d.before,
        d.field = any(h.unread) as is_unread
    from hazard as h
    cross join
        lateral (
            values
            ('found_date', h.found_date, h.found_before),
            ('notice_date', h.notice_date, h.notice_before),
            ('rectify_by', h.rectify_by, h.rectify_before),
            ('rectified_date', h.rectified_date, h.rectified_before)
        ) as d (field, now, before)
    where d.now is null and d.before is not null
    union all
    select
        g.return_no,
        'suggestion' as sheet,
        g.excel_row,
        g.row_key,
        d.field,
        d.before,
        d.field = any(g.unread) as is_unread
    from suggestion as g
    cross join
        lateral (
            values
            ('raised_date', g.raised_date, g.raised_before),
            ('assigned_date', g.assigned_date, g.assigned_before),
            ('answered_date', g.answered_date, g.answered_before),
            ('closed_date', g.closed_date, g.closed_before)
        ) as d (field, now, before)
    where d.now is null and d.before is not null
),

unkeyed as (
    select return_no, 'hazard' as sheet, excel_row
    from pg_temp.staged_hazard
    where row_key is null
    union all
    select return_no, 'suggestion' as sheet, excel_row
    from pg_temp.staged_suggestion
    where row_key is null
)

select
    return_no,
    'hazard' as sheet,
    excel_row,
    'status' as field,
    row_key,
    null as label,
    status as observed,
    status_before as expected,
    case when status is null then 'open' else 'failed' end as outcome
from hazard
where (status is null or status in ('待整改', '整改中')) and status_before in ('已整改', '已销号')
union all
select
    return_no,
    sheet,
    excel_row,
    field,
    row_key,
    null as label,
    '空' as observed,
    before::text as expected,
    case when is_unread then 'open' else 'failed' end as outcome
from emptied
union all
select
    return_no,
    sheet,
    excel_row,
    null as field,
    null as row_key,
    null as label,
    null as observed,
    null as expected,
    'open' as outcome
from unkeyed
