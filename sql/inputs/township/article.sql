-- Articles submitted in the period, by the level that adopted them.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.article as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
)

select
    t.township_code,
    t.township_code as unit,
    v.input,
    count(e.row_key)::double precision as amount,
    null::double precision as numerator,
    null::double precision as denominator,
    false as is_approximate
from pg_temp.target as t
cross join (
    values
    ('articles_county', array['县级']),
    ('articles_city', array['市级']),
    ('articles_province', array['省级', '国家级'])
) as v (input, levels)
left join newest as e
    on
        t.township_code = e.township_code
        and e.submitted_date between t.first_day and t.last_day
        and e.adopted_level = any(v.levels)
where t.is_loaded
group by t.township_code, v.input
