-- Files that name no township of the register or no month, with the findings that say why; the newest first.
select
    s.submission_id,
    s.file_name,
    s.received_at,
    s.status,
    s.hard_findings,
    f.messages
from intake.submission as s
left join lateral (
    select string_agg(h.rule || ' ' || h.message, '；' order by h.finding_no) as messages
    from intake.finding as h
    where
        h.submission_id = s.submission_id and h.severity = 'hard' and h.rule in ('F01', 'F02', 'F03', 'F04', 'F05')
        and not h.is_personal
) as f on true
where (s.township_code is null or s.period is null) and s.received_at >= :since and s.received_at <= intake.as_of()
order by s.received_at desc, s.submission_id desc
