-- Deputies' groups of the register with their activities and suggestions of the period. Groups are compared folded; the
-- unit is the name as the register writes it.
with known_group as (
    select
        m.township_code,
        registry.fold(r.deputy_group) as group_key,
        min(r.deputy_group) as unit
    from pg_temp.register_month as m
    inner join restricted.deputy_record as r on m.submission_id = r.submission_id
    where r.deputy_group is not null
    group by m.township_code, registry.fold(r.deputy_group)
),

activity as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.deputy_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

acted as (
    select
        k.township_code,
        k.unit,
        count(e.row_key) as activities,
        count(*) filter (where e.kind = '为民办实事') as good_deeds,
        coalesce(sum(e.attended) filter (where e.invited is not null), 0) as attended,
        coalesce(sum(e.invited), 0) as invited,
        coalesce(
            bool_or(e.approximate && array['attended', 'invited']) filter (where e.invited is not null), false
        ) as is_approximate
    from known_group as k
    inner join pg_temp.target as t on k.township_code = t.township_code
    left join activity as e
        on
            k.township_code = e.township_code
            and k.group_key = registry.fold(e.deputy_group)
            and e.activity_date between t.first_day and t.last_day
    group by k.township_code, k.unit
),

suggestion as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.suggestion as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

suggested as (
    select
        k.township_code,
        k.unit,
        count(e.row_key) as suggestions
    from known_group as k
    inner join pg_temp.target as t on k.township_code = t.township_code
    left join suggestion as e
        on
            k.township_code = e.township_code
            and k.group_key = registry.fold(e.deputy_group)
            and e.raised_date between t.first_day and t.last_day
    group by k.township_code, k.unit
)

select
    a.township_code,
    a.unit,
    v.input,
    v.amount::double precision,
    v.numerator::double precision,
    v.denominator::double precision,
    v.is_approximate
from acted as a
inner join suggested as s on a.township_code = s.township_code and a.unit = s.unit
cross join lateral (
    values
    ('group_suggestions', s.suggestions, null, null, false),
    ('group_activities', a.activities, null, null, false),
    ('group_good_deeds', a.good_deeds, null, null, false),
    ('group_participation_rate', null, a.attended, a.invited, a.is_approximate)
) as v (input, amount, numerator, denominator, is_approximate)
