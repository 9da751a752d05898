-- P03: against its newest loaded row of an earlier month a hazard is open again, or a recorded date is emptied; open
-- where status, date or key cannot be read.
with hazard as (
    select distinct on (t.return_no, t.excel_row)
        t.*,
        e.status as status_before,
        e.found_date as found_before,
        e.notice_date as notice_before,
        e.rectify_by as rectify_before,
        e.rectified_date as rectified_before
    from pg_temp.staged_hazard as t
    inner join pg_temp.seen as v on t.return_no = v.return_no
    inner join event.hazard as e on v.submission_id = e.submission_id and t.row_key = e.row_key
    order by t.return_no asc, t.excel_row asc, v.period desc
),

suggestion as (
    select distinct on (t.return_no, t.excel_row)
        t.*,
        e.raised_date as raised_before,
        e.assigned_date as assigned_before,
        e.answered_date as answered_before,
        e.closed_date as closed_before
    from pg_temp.staged_suggestion as t
    inner join pg_temp.seen as v on t.return_no = v.return_no
    inner join event.suggestion as e on v.submission_id = e.submission_id and t.row_key = e.row_key
    order by t.return_no asc, t.excel_row asc, v.period desc
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
