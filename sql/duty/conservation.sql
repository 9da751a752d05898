-- Sheets of returns whose rows in the tables are not as many as were counted when they were loaded.
with present as (
    select
        t.submission_id,
        'cover' as sheet
    from restricted.cover as t
    union all
    select
        t.submission_id,
        'profile' as sheet
    from event.profile as t
    union all
    select
        t.submission_id,
        'congress_session' as sheet
    from event.congress_session as t
    union all
    select
        t.submission_id,
        'presidium_meeting' as sheet
    from event.presidium_meeting as t
    union all
    select
        t.submission_id,
        'other_meeting' as sheet
    from event.other_meeting as t
    union all
    select
        t.submission_id,
        'supervision_activity' as sheet
    from event.supervision_activity as t
    union all
    select
        t.submission_id,
        'hazard' as sheet
    from event.hazard as t
    union all
    select
        t.submission_id,
        'suggestion' as sheet
    from event.suggestion as t
    union all
    select
        t.submission_id,
        'deputy_activity' as sheet
    from event.deputy_activity as t
    union all
    select
        t.submission_id,
        'deputy_record' as sheet
    from restricted.deputy_record as t
    union all
    select
        t.submission_id,
        'petition' as sheet
    from event.petition as t
    union all
    select
        t.submission_id,
        'article' as sheet
    from event.article as t
    union all
    select
        t.submission_id,
        'reported_total' as sheet
    from event.reported_total as t
),

loaded as (
    select
        p.submission_id,
        p.sheet,
        count(*) as rows_loaded
    from present as p
    group by p.submission_id, p.sheet
),

held as (
    select
        h.submission_id,
        h.sheet,
        count(*) as rows_held
    from intake.held_back as h
    group by h.submission_id, h.sheet
)

select
    c.submission_id,
    s.township_code,
    s.period,
    c.sheet,
    c.loaded,
    c.held_back,
    coalesce(l.rows_loaded, 0) as rows_loaded,
    coalesce(h.rows_held, 0) as rows_held
from intake.row_count as c
inner join intake.submission as s on c.submission_id = s.submission_id
left join loaded as l on c.submission_id = l.submission_id and c.sheet = l.sheet
left join held as h on c.submission_id = h.submission_id and c.sheet = h.sheet
where c.loaded <> coalesce(l.rows_loaded, 0) or c.held_back <> coalesce(h.rows_held, 0)
order by c.submission_id, c.sheet
limit 100
