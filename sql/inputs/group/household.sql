-- Households visited in the period by the deputies of each group of the register, per deputy.
with member as (
    select
        m.township_code,
        r.row_key,
        registry.fold(r.deputy_group) as group_key,
        min(r.deputy_group) over (partition by m.township_code, registry.fold(r.deputy_group)) as unit
    from pg_temp.register_month as m
    inner join restricted.deputy_record as r on m.submission_id = r.submission_id
    where r.deputy_group is not null
),

visited as (
    select
        d.township_code,
        d.row_key,
        sum(d.households_visited) as households,
        bool_or(d.approximate && array['households_visited']) as is_approximate
    from pg_temp.target as t
    inner join pg_temp.current_return as c
        on t.township_code = c.township_code and c.period between t.first_month and t.last_month
    inner join restricted.deputy_record as d on c.submission_id = d.submission_id
    group by d.township_code, d.row_key
)

select
    m.township_code,
    m.unit,
    'group_households_per_deputy' as input,
    null::double precision as amount,
    coalesce(sum(v.households), 0)::double precision as numerator,
    count(*)::double precision as denominator,
    coalesce(bool_or(v.is_approximate), false) as is_approximate
from member as m
left join visited as v on m.township_code = v.township_code and m.row_key = v.row_key
group by m.township_code, m.unit
