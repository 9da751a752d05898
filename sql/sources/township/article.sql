-- The rows behind figures of articles submitted in the period.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.article as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    e.township_code,
    e.township_code as unit,
    v.input,
    e.submission_id,
    'article' as sheet,
    e.excel_row,
    v.fields
from pg_temp.target as t
inner join newest as e on t.township_code = e.township_code and e.submitted_date between t.first_day and t.last_day
cross join
    lateral (
        values
        ('articles_adopted', array['submitted_date', 'adopted_level'], e.adopted_level <> '未采用'),
        ('articles_county', array['submitted_date', 'adopted_level'], e.adopted_level = '县级'),
        ('articles_city', array['submitted_date', 'adopted_level'], e.adopted_level = '市级'),
        ('articles_province', array['submitted_date', 'adopted_level'], e.adopted_level in ('省级', '国家级'))
    ) as v (input, fields, is_counted)
where t.is_loaded and v.is_counted and v.input = any(:inputs)
