-- Which staged keys stand in a return received before, of an earlier month or (same_month) of the same one:
-- listed, held back or not (rules R01 and S03).
select a.position
from pg_temp.staged_key as a
where exists (
    select 1
    from (
        select e.submission_id, 'congress_session' as sheet
        from event.congress_session as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'presidium_meeting'
        from event.presidium_meeting as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'other_meeting'
        from event.other_meeting as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'supervision_activity'
        from event.supervision_activity as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'hazard'
        from event.hazard as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'suggestion'
        from event.suggestion as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'deputy_activity'
        from event.deputy_activity as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'petition'
        from event.petition as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select e.submission_id, 'article'
        from event.article as e
        where e.township_code = a.township_code and e.row_key = a.row_key
        union all
        select h.submission_id, h.sheet
        from intake.held_back as h
        where h.township_code = a.township_code and h.row_key = a.row_key
    ) as l
    inner join intake.submission as s on l.submission_id = s.submission_id
    where
        l.sheet = a.sheet
        and s.received_at <= a.received_at
        and (s.period < a.period or (:same_month and s.period = a.period))
)
