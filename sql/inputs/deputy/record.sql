-- What every deputy of the register did in the period, by the monthly records; an empty cell adds nothing, a figure no
-- record gives is unknown.
with recorded as (
    select
        d.township_code,
        d.row_key,
        sum(d.meetings_attended) as meetings,
        sum(d.trainings_attended) as trainings,
        sum(d.suggestions_raised) as suggestions,
        sum(d.receptions) as receptions,
        count(*) filter (where d.reported_to_voters_flag) as reports,
        bool_or(d.approximate && array['meetings_attended']) as are_meetings_approximate,
        bool_or(d.approximate && array['trainings_attended']) as are_trainings_approximate,
        bool_or(d.approximate && array['suggestions_raised']) as are_suggestions_approximate,
        bool_or(d.approximate && array['receptions']) as are_receptions_approximate
    from pg_temp.target as t
    inner join pg_temp.current_return as c
        on t.township_code = c.township_code and c.period between t.first_month and t.last_month
    inner join restricted.deputy_record as d on c.submission_id = d.submission_id
    group by d.township_code, d.row_key
)

select
    g.township_code,
    coalesce(g.deputy_no, g.row_key) as unit,
    v.input,
    v.amount::double precision,
    null::double precision as numerator,
    null::double precision as denominator,
    coalesce(v.is_approximate, false) as is_approximate
from pg_temp.register_month as m
inner join restricted.deputy_record as g on m.submission_id = g.submission_id
left join recorded as r on g.township_code = r.township_code and g.row_key = r.row_key
cross join lateral (
    values
    ('deputy_meetings', r.meetings, r.are_meetings_approximate),
    ('deputy_trainings', r.trainings, r.are_trainings_approximate),
    ('deputy_suggestions', r.suggestions, r.are_suggestions_approximate),
    ('deputy_receptions', r.receptions, r.are_receptions_approximate),
    ('deputy_reports', r.reports, false)
) as v (input, amount, is_approximate)
