-- The rows of the register behind figures of deputies, and the monthly records in which they were trained or reported.
with register as (
    select
        m.township_code,
        d.submission_id,
        d.excel_row,
        d.row_key
    from pg_temp.register_month as m
    inner join restricted.deputy_record as d on m.submission_id = d.submission_id
),

recorded as (
    select
        g.township_code,
        d.submission_id,
        d.excel_row,
        c.period,
        t.first_month,
        t.last_month,
        d.trainings_attended,
        d.reported_to_voters_flag
    from register as g
    inner join pg_temp.target as t on g.township_code = t.township_code
    inner join pg_temp.current_return as c on g.township_code = c.township_code and t.last_month >= c.period
    inner join restricted.deputy_record as d on c.submission_id = d.submission_id and g.row_key = d.row_key
    where d.trainings_attended >= 1 or d.reported_to_voters_flag
),

counted as (
    select
        g.township_code,
        v.input,
        g.submission_id,
        g.excel_row,
        v.fields
    from register as g
    cross join (
        values
        ('training_coverage', array['deputy_no']),
        ('report_to_voters_coverage', array['deputy_no']),
        ('deputy_file_rate', array['deputy_no']),
        ('group_activity_level', array['deputy_group']),
        ('active_group_rate', array['deputy_group'])
    ) as v (input, fields)
    union all
    select
        r.township_code,
        v.input,
        r.submission_id,
        r.excel_row,
        v.fields
    from recorded as r
    cross join
        lateral (
            values
            ('training_coverage', array['trainings_attended'], r.trainings_attended >= 1 and r.period >= r.first_month),
            ('report_to_voters_coverage', array['reported_to_voters_flag'], r.reported_to_voters_flag),
            (
                'deputies_reported_count', array['reported_to_voters_flag'],
                r.reported_to_voters_flag and r.period >= r.first_month
            )
        ) as v (input, fields, is_counted)
    where v.is_counted
)

select
    c.township_code,
    c.township_code as unit,
    c.input,
    c.submission_id,
    'deputy_record' as sheet,
    c.excel_row,
    c.fields
from counted as c
where c.input = any(:inputs)
