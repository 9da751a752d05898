-- Deputies' activities of the period, and the groups of the register that had one.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.deputy_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

dated as (
    select
        t.township_code,
        t.period_type,
        t.period,
        e.row_key,
        e.kind,
        e.attended,
        e.invited,
        e.households_visited,
        e.approximate,
        e.deputy_group
    from pg_temp.target as t
    left join newest as e
        on t.township_code = e.township_code and e.activity_date between t.first_day and t.last_day
    where t.is_loaded
),

measured as (
    select
        d.township_code,
        d.period_type,
        d.period,
        count(d.row_key) as activities,
        count(*) filter (where d.kind = '接待选民') as receptions,
        coalesce(sum(d.attended) filter (where d.invited is not null), 0) as attended,
        coalesce(sum(d.invited), 0) as invited,
        coalesce(
            bool_or(d.approximate && array['attended', 'invited']) filter (where d.invited is not null), false
        ) as is_attendance_approximate,
        coalesce(sum(d.households_visited), 0) as households,
        coalesce(bool_or(d.approximate && array['households_visited']), false) as are_households_approximate
    from dated as d
    group by d.township_code, d.period_type, d.period
),

known_group as (
    select distinct
        g.submission_id,
        registry.fold(g.deputy_group) as deputy_group
    from (
        select distinct
            r.submission_id,
            r.deputy_group
        from restricted.deputy_record as r
        where r.submission_id in (select m.submission_id from pg_temp.register_month as m)
    ) as g
),

active_group as (
    select distinct
        d.township_code,
        d.period_type,
        d.period,
        registry.fold(d.deputy_group) as deputy_group
    from (
        select distinct
            a.township_code,
            a.period_type,
            a.period,
            a.deputy_group
        from dated as a
    ) as d
),

active as (
    select
        r.township_code,
        r.period_type,
        r.period,
        count(*) as active_groups
    from pg_temp.register_month as r
    inner join known_group as k on r.submission_id = k.submission_id
    inner join active_group as a
        on
            r.township_code = a.township_code
            and r.period_type = a.period_type
            and r.period = a.period
            and k.deputy_group = a.deputy_group
    group by r.township_code, r.period_type, r.period
)

select
    m.township_code,
    m.period_type,
    m.period,
    v.indicator,
    v.amount,
    v.numerator,
    v.denominator,
    v.is_approximate
from measured as m
left join pg_temp.last_profile as f
    on m.township_code = f.township_code and m.period_type = f.period_type and m.period = f.period
left join active as a
    on m.township_code = a.township_code and m.period_type = a.period_type and m.period = a.period
cross join lateral (
    values
    ('deputy_activity_count', m.activities, null, null, false),
    ('deputy_participation_rate', null, m.attended, m.invited, m.is_attendance_approximate),
    (
        'active_group_rate', null, coalesce(a.active_groups, 0), coalesce(f.deputy_group_count, 0),
        coalesce(f.approximate && array['deputy_group_count'], false)
    ),
    ('voter_reception_count', m.receptions, null, null, false),
    ('households_visited', m.households, null, null, m.are_households_approximate)
) as v (indicator, amount, numerator, denominator, is_approximate)
