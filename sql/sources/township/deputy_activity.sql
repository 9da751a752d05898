-- The rows behind figures of deputies' activities in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.deputy_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'deputy_activity' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code and e.activity_date between t.first_day and t.last_day
cross join
    lateral (
        values
        ('deputy_activity_count', array['activity_date'], true),
        ('deputy_participation_rate', array['invited', 'attended'], e.invited is not null),
        ('active_group_rate', array['activity_date', 'deputy_group'], e.deputy_group is not null),
        ('group_activity_level', array['activity_date', 'deputy_group'], e.deputy_group is not null),
        ('voter_reception_count', array['activity_date', 'kind'], e.kind = '接待选民'),
        ('receptions_per_station', array['activity_date', 'kind'], e.kind = '接待选民'),
        ('households_visited', array['households_visited'], e.households_visited is not null)
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
