-- Deputies of the register (the rows loaded for the newest month up to the last day): who was trained in a month of
-- the period, who has reported to voters in a month up to the last day.
with register as (
    select
        r.township_code,
        r.period_type,
        r.period,
        d.row_key
    from pg_temp.register_month as r
    inner join restricted.deputy_record as d on r.submission_id = d.submission_id
),

trained as (
    select
        t.township_code,
        t.period_type,
        t.period,
        d.row_key,
        bool_or(d.trainings_attended >= 1) as is_trained,
        bool_or(d.approximate && array['trainings_attended']) as is_approximate
    from pg_temp.target as t
    inner join pg_temp.current_return as c
        on t.township_code = c.township_code and c.period between t.first_month and t.last_month
    inner join restricted.deputy_record as d on c.submission_id = d.submission_id
    where t.is_loaded and (d.trainings_attended >= 1 or d.approximate && array['trainings_attended'])
    group by t.township_code, t.period_type, t.period, d.row_key
),

reported as (
    select
        d.township_code,
        d.row_key,
        min(d.period) as first_month
    from restricted.deputy_record as d
    inner join pg_temp.current_return as c on d.submission_id = c.submission_id
    where d.reported_to_voters_flag
    group by d.township_code, d.row_key
),

measured as (
    select
        t.township_code,
        t.period_type,
        t.period,
        count(r.row_key) as deputies,
        count(*) filter (where n.is_trained) as trained,
        count(*) filter (where p.first_month <= t.last_month) as reported,
        coalesce(bool_or(n.is_approximate), false) as is_approximate
    from pg_temp.target as t
    left join register as r
        on t.township_code = r.township_code and t.period_type = r.period_type and t.period = r.period
    left join trained as n
        on
            r.township_code = n.township_code
            and r.period_type = n.period_type
            and r.period = n.period
            and r.row_key = n.row_key
    left join reported as p on r.township_code = p.township_code and r.row_key = p.row_key
    where t.is_loaded
    group by t.township_code, t.period_type, t.period
)

select
    m.township_code,
    m.period_type,
    m.period,
    v.indicator,
    null::bigint as amount,
    v.numerator,
    v.denominator,
    v.is_approximate
from measured as m
cross join lateral (
    values
    ('training_coverage', m.trained, m.deputies, m.is_approximate),
    ('report_to_voters_coverage', m.reported, m.deputies, false)
) as v (indicator, numerator, denominator, is_approximate)
