-- P06: a hazard or suggestion whose newest loaded row is open is not listed this month.
with known as (
    select
        'hazard' as sheet,
        'hazard_no' as field,
        e.hazard_no as number,
        e.row_key,
        v.return_no,
        v.period,
        e.status in ('待整改', '整改中') as is_open
    from pg_temp.seen as v
    inner join event.hazard as e on v.submission_id = e.submission_id
    union all
    select
        'suggestion' as sheet,
        'suggestion_no' as field,
        e.suggestion_no as number,
        e.row_key,
        v.return_no,
        v.period,
        e.closed_date is null as is_open
    from pg_temp.seen as v
    inner join event.suggestion as e on v.submission_id = e.submission_id
),

newest as (
    select distinct on (k.return_no, k.sheet, k.row_key) k.*
    from known as k
    order by k.return_no asc, k.sheet asc, k.row_key asc, k.period desc
),

listed as (
    select return_no, 'hazard' as sheet, row_key from pg_temp.staged_hazard
    union all
    select return_no, 'suggestion' as sheet, row_key from pg_temp.staged_suggestion
)

select
    n.return_no,
    n.sheet,
    null::integer as excel_row,
    n.field,
    n.row_key,
    null as label,
    n.number as observed,
    '列出并填写办理情况' as expected,
    case when b.return_no is null then 'failed' else 'open' end as outcome
from newest as n
left join pg_temp.staged_broken as b on n.return_no = b.return_no and n.sheet = b.sheet
where
    n.is_open
    and not exists (
        select 1
        from listed as l
        where l.return_no = n.return_no and l.sheet = n.sheet and l.row_key = n.row_key
    )
