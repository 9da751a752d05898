-- P05: three or more event rows of a sheet, and all of them, stand in the month before, dates and numbers (编号) apart;
-- open where rows with cells that cannot be read leave that unsettled.
with newest as (
    select distinct on (return_no) return_no, submission_id
    from pg_temp.seen
    order by return_no asc, period desc
),

own as (
    select
        return_no, 'congress_session' as sheet, row(
            title, days, expected, present, attendance_rate_reported, reports_heard, government_report_flag,
            presidium_report_flag, budget_report_flag, resolutions, bills_received, bills_adopted
        )::text as content, unread
    from pg_temp.staged_congress_session
    union all
    select return_no, 'presidium_meeting' as sheet, row(topic, expected, present, minutes_flag)::text as content, unread
    from pg_temp.staged_presidium_meeting
    union all
    select return_no, 'other_meeting' as sheet, row(kind, title, participants)::text as content, unread
    from pg_temp.staged_other_meeting
    union all
    select
        return_no, 'supervision_activity' as sheet, row(
            kind, topic, deputy_participants, target_unit, problems_found, opinions_issued, opinions_replied
        )::text as content, unread
    from pg_temp.staged_supervision_activity
    union all
    select
        return_no, 'deputy_activity' as sheet, row(
            kind, title, deputy_group, invited, attended, people_served, households_visited, issues_collected,
            issues_resolved
        )::text as content, unread
    from pg_temp.staged_deputy_activity
    union all
    select return_no, 'article' as sheet, row(title, adopted_level, outlet)::text as content, unread
    from pg_temp.staged_article
),

before as (
    select
        n.return_no, 'congress_session' as sheet, row(
            e.title,
            e.days,
            e.expected,
            e.present,
            e.attendance_rate_reported,
            e.reports_heard,
            e.government_report_flag,
            e.presidium_report_flag, e.budget_report_flag, e.resolutions, e.bills_received, e.bills_adopted
        )::text as content
    from newest as n
    inner join event.congress_session as e on n.submission_id = e.submission_id
    union all
    select
        n.return_no, 'presidium_meeting' as sheet, row(e.topic, e.expected, e.present, e.minutes_flag)::text as content
    from newest as n
    inner join event.presidium_meeting as e on n.submission_id = e.submission_id
    union all
    select n.return_no, 'other_meeting' as sheet, row(e.kind, e.title, e.participants)::text as content
    from newest as n
    inner join event.other_meeting as e on n.submission_id = e.submission_id
    union all
    select
        n.return_no, 'supervision_activity' as sheet, row(
            e.kind,
            e.topic,
            e.deputy_participants,
            e.target_unit,
            e.problems_found,
            e.opinions_issued,
            e.opinions_replied
        )::text as content
    from newest as n
    inner join event.supervision_activity as e on n.submission_id = e.submission_id
    union all
    select
        n.return_no, 'deputy_activity' as sheet, row(
            e.kind, e.title, e.deputy_group, e.invited, e.attended, e.people_served, e.households_visited,
            e.issues_collected, e.issues_resolved
        )::text as content
    from newest as n
    inner join event.deputy_activity as e on n.submission_id = e.submission_id
    union all
    select n.return_no, 'article' as sheet, row(e.title, e.adopted_level, e.outlet)::text as content
    from newest as n
    inner join event.article as e on n.submission_id = e.submission_id
),

compared as (
    select
        o.return_no,
        o.sheet,
        o.unread <@ array[
            'start_date',
            'end_date',
            'notice_date',
            'material_date',
            'meeting_date',
            'activity_date',
            'submitted_date',
            'activity_no'
        ] as is_read,
        (o.return_no, o.sheet, o.content) in (select b.return_no, b.sheet, b.content from before as b) as is_copied
    from own as o
)

select
    o.return_no,
    o.sheet,
    null::integer as excel_row,
    null as field,
    null as row_key,
    null as label,
    count(*)::text as observed,
    '与上月不同的内容' as expected,
    case when bool_and(o.is_read) then 'failed' else 'open' end as outcome
from compared as o
where o.return_no in (select n.return_no from newest as n)
group by o.return_no, o.sheet
having
    count(*) >= 3
    and bool_and(o.is_copied or not o.is_read)
