-- Which staged keys stand in a return received before, of an earlier month or (same_month) of the same one:
-- listed, held back or not (rules R01 and S03).
select a.position
from pg_temp.staged_key as a
where exists (
    select 1
    from (
        select e.submission_id
        from event.congress_session as e
        where a.sheet = 'congress_session' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.presidium_meeting as e
        where a.sheet = 'presidium_meeting' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.other_meeting as e
        where a.sheet = 'other_meeting' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.supervision_activity as e
        where a.sheet = 'supervision_activity' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.hazard as e
        where a.sheet = 'hazard' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.suggestion as e
        where a.sheet = 'suggestion' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.deputy_activity as e
        where a.sheet = 'deputy_activity' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.petition as e
        where a.sheet = 'petition' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id
        from event.article as e
        where a.sheet = 'article' and e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select h.submission_id
        from intake.held_back as h
        where h.township_code = a.township_code and h.sheet = a.sheet and h.row_key = a.row_key
    ) as l
    inner join intake.submission as s on l.submission_id = s.submission_id
    where
        s.received_at <= a.received_at
        and (s.period < a.period or (:same_month and s.period = a.period))
)
