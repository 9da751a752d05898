-- The rows behind figures of deputies' groups: activities and suggestions of the period, records of households visited.
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

member as (
    select
        k.township_code,
        k.unit,
        r.row_key
    from pg_temp.register_month as m
    inner join restricted.deputy_record as r on m.submission_id = r.submission_id
    inner join known_group as k
        on r.township_code = k.township_code and registry.fold(r.deputy_group) = k.group_key
),

activity as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.deputy_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

suggestion as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.suggestion as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

counted as (
    select
        k.township_code,
        k.unit,
        v.input,
        e.submission_id,
        'deputy_activity' as sheet,
        e.excel_row,
        v.fields
    from known_group as k
    inner join pg_temp.target as t on k.township_code = t.township_code
    inner join activity as e
        on
            k.township_code = e.township_code
            and k.group_key = registry.fold(e.deputy_group)
            and e.activity_date between t.first_day and t.last_day
    cross join
        lateral (
            values
            ('group_activities', array['activity_date', 'deputy_group'], true),
            ('group_good_deeds', array['kind', 'deputy_group'], e.kind = '为民办实事'),
            ('group_participation_rate', array['invited', 'attended'], e.invited is not null)
        ) as v (input, fields, is_counted)
    where v.is_counted
    union all
    select
        k.township_code,
        k.unit,
        'group_suggestions' as input,
        e.submission_id,
        'suggestion' as sheet,
        e.excel_row,
        array['raised_date', 'deputy_group'] as fields
    from known_group as k
    inner join pg_temp.target as t on k.township_code = t.township_code
    inner join suggestion as e
        on
            k.township_code = e.township_code
            and k.group_key = registry.fold(e.deputy_group)
            and e.raised_date between t.first_day and t.last_day
    union all
    select
        g.township_code,
        g.unit,
        'group_households_per_deputy' as input,
        d.submission_id,
        'deputy_record' as sheet,
        d.excel_row,
        array['households_visited'] as fields
    from member as g
    inner join pg_temp.target as t on g.township_code = t.township_code
    inner join pg_temp.current_return as c
        on g.township_code = c.township_code and c.period between t.first_month and t.last_month
    inner join restricted.deputy_record as d on c.submission_id = d.submission_id and g.row_key = d.row_key
    where d.households_visited is not null
)

select
    c.township_code,
    c.unit,
    c.input,
    c.submission_id,
    c.sheet,
    c.excel_row,
    c.fields
from counted as c
where c.input = any(:inputs)
