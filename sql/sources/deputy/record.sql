-- The monthly records behind what every deputy of the register did in the period.
select
    g.township_code,
    coalesce(g.deputy_no, g.row_key) as unit,
    v.input,
    d.submission_id,
    'deputy_record' as sheet,
    d.excel_row,
    v.fields
from pg_temp.register_month as m
inner join restricted.deputy_record as g on m.submission_id = g.submission_id
inner join pg_temp.target as t on g.township_code = t.township_code
inner join pg_temp.current_return as c
    on t.township_code = c.township_code and c.period between t.first_month and t.last_month
inner join restricted.deputy_record as d on c.submission_id = d.submission_id and g.row_key = d.row_key
cross join
    lateral (
        values
        ('deputy_meetings', array['meetings_attended'], d.meetings_attended is not null),
        ('deputy_trainings', array['trainings_attended'], d.trainings_attended is not null),
        ('deputy_suggestions', array['suggestions_raised'], d.suggestions_raised is not null),
        ('deputy_receptions', array['receptions'], d.receptions is not null),
        ('deputy_reports', array['reported_to_voters_flag'], d.reported_to_voters_flag)
    ) as v (input, fields, is_counted)
where v.is_counted and v.input = any(:inputs)
