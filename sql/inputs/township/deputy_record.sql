-- Deputies with a performance file (a row in the register), deputies who reported to voters in the period, homes.
with listed as (
    select
        m.township_code,
        count(*) as deputies
    from pg_temp.register_month as m
    inner join restricted.deputy_record as d on m.submission_id = d.submission_id
    group by m.township_code
),

reported as (
    select
        t.township_code,
        count(distinct d.row_key) as deputies
    from pg_temp.target as t
    inner join pg_temp.register_month as m on t.township_code = m.township_code
    inner join restricted.deputy_record as g on m.submission_id = g.submission_id
    inner join pg_temp.current_return as c
        on t.township_code = c.township_code and c.period between t.first_month and t.last_month
    inner join restricted.deputy_record as d
        on c.submission_id = d.submission_id and g.row_key = d.row_key and d.reported_to_voters_flag
    group by t.township_code
)

select
    t.township_code,
    t.township_code as unit,
    v.input,
    v.amount::double precision,
    v.numerator::double precision,
    v.denominator::double precision,
    v.is_approximate
from pg_temp.target as t
left join listed as l on t.township_code = l.township_code
left join reported as r on t.township_code = r.township_code
left join pg_temp.last_profile as f on t.township_code = f.township_code
cross join
    lateral (
        values
        (
            'deputy_file_rate', null, least(l.deputies, f.deputy_in_office),
            case when l.deputies is not null then f.deputy_in_office end,
            coalesce(f.approximate && array['deputy_in_office'], false)
        ),
        (
            'deputies_reported_count',
            case when l.deputies is not null then coalesce(r.deputies, 0) end,
            null,
            null,
            false
        ),
        (
            'deputy_home_count', f.liaison_home_count, null, null,
            coalesce(f.approximate && array['liaison_home_count'], false)
        )
    ) as v (input, amount, numerator, denominator, is_approximate)
where t.is_loaded
