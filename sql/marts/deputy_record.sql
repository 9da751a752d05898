-- Deputies of the register (the rows loaded for the newest month up to the last day): who was trained in a month of
-- the period, who has reported to voters in a month up to the last day.
with register as materialized (
    select
        d.submission_id,
        d.row_key,
        d.township_code
    from restricted.deputy_record as d
    where d.submission_id in (select r.submission_id from pg_temp.register_month as r)
),

listed as (
    select
        g.submission_id,
        count(*) as deputies
    from register as g
    group by g.submission_id
),

training as materialized (
    select
        t.township_code,
        t.period_type,
        t.period,
        d.row_key,
        d.trainings_attended >= 1 as is_trained,
        d.approximate && array['trainings_attended'] as is_approximate
    from pg_temp.target as t
    inner join pg_temp.current_return as c
        on t.township_code = c.township_code and c.period between t.first_month and t.last_month
    inner join restricted.deputy_record as d
        on c.submission_id = d.submission_id and (d.trainings_attended >= 1 or d.approximate <> '{}')
    where t.is_loaded
),

trained as (
    select
        n.township_code,
        n.period_type,
        n.period,
        count(distinct n.row_key) filter (where n.is_trained) as deputies,
        bool_or(n.is_approximate) as is_approximate
    from training as n
    inner join pg_temp.register_month as r
        on n.township_code = r.township_code and n.period_type = r.period_type and n.period = r.period
    inner join register as g on r.submission_id = g.submission_id and n.row_key = g.row_key
    group by n.township_code, n.period_type, n.period
),

first_report as materialized (
    select
        k.township_code,
        k.row_key,
        f.period as first_month
    from (
        select distinct
            g.township_code,
            g.row_key
        from register as g
    ) as k
    cross join
        lateral (
            select d.period
            from restricted.deputy_record as d
            where
                d.township_code = k.township_code
                and d.row_key = k.row_key
                and d.reported_to_voters_flag
                and d.submission_id in (select c.submission_id from pg_temp.current_return as c)
            order by d.period
            limit 1
        ) as f
),

reported as (
    select
        r.township_code,
        r.period_type,
        r.period,
        count(*) as deputies
    from pg_temp.register_month as r
    inner join pg_temp.target as t
        on r.township_code = t.township_code and r.period_type = t.period_type and r.period = t.period
    inner join register as g on r.submission_id = g.submission_id
    inner join first_report as f on g.township_code = f.township_code and g.row_key = f.row_key
    where f.first_month <= t.last_month
    group by r.township_code, r.period_type, r.period
)

select
    t.township_code,
    t.period_type,
    t.period,
    v.indicator,
    null::bigint as amount,
    v.numerator,
    coalesce(l.deputies, 0) as denominator,
    v.is_approximate
from pg_temp.target as t
left join pg_temp.register_month as r
    on t.township_code = r.township_code and t.period_type = r.period_type and t.period = r.period
left join listed as l on r.submission_id = l.submission_id
left join trained as n
    on t.township_code = n.township_code and t.period_type = n.period_type and t.period = n.period
left join reported as p
    on t.township_code = p.township_code and t.period_type = p.period_type and t.period = p.period
cross join
    lateral (
        values
        ('training_coverage', coalesce(n.deputies, 0), coalesce(n.is_approximate, false)),
        ('report_to_voters_coverage', coalesce(p.deputies, 0), false)
    ) as v (indicator, numerator, is_approximate)
where t.is_loaded
