-- What every township owes for a month and what has come: one row per township valid in the month.
select
    t.township_code,
    t.name as township,
    v.first_received,
    c.status
from registry.township as t
left join lateral (
    select min(s.received_at) as first_received
    from intake.submission as s
    where s.township_code = t.township_code and s.period = :period
) as v on true
left join intake.current_submission as c on t.township_code = c.township_code and c.period = :period
where
    t.valid_from <= :last_day
    and coalesce(t.valid_to, 'infinity'::date) >= :first_day
    and not exists (
        select 1
        from registry.township as later
        where
            later.township_code = t.township_code
            and later.valid_from > t.valid_from
            and later.valid_from <= :last_day
    )
order by t.township_code
