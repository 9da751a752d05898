-- Supervision activities that began in the period, by kind, and the opinions they issued.
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.supervision_activity as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

measured as (
    select
        t.township_code,
        t.period_type,
        t.period,
        count(e.row_key) as activities,
        count(*) filter (where e.kind = '视察') as inspections,
        count(*) filter (where e.kind = '专题调研') as researches,
        count(*) filter (where e.kind = '执法检查') as law_checks,
        count(*) filter (where e.kind = '工作评议') as appraisals,
        count(*) filter (where e.kind = '听取专项报告') as special_reports,
        count(*) filter (where e.kind = '专项督查') as special_supervisions,
        coalesce(sum(e.opinions_replied), 0) as replied,
        coalesce(sum(e.opinions_issued), 0) as issued,
        coalesce(bool_or(e.approximate && array['opinions_replied', 'opinions_issued']), false) as is_approximate
    from pg_temp.target as t
    left join newest as e
        on t.township_code = e.township_code and e.start_date between t.first_day and t.last_day
    where t.is_loaded
    group by t.township_code, t.period_type, t.period
)

select
    m.township_code,
    m.period_type,
    m.period,
    v.indicator,
    v.amount,
    v.numerator,
    v.denominator,
    v.is_approximate
from measured as m
cross join lateral (
    values
    ('supervision_count', m.activities, null, null, false),
    ('inspection_count', m.inspections, null, null, false),
    ('research_count', m.researches, null, null, false),
    ('law_check_count', m.law_checks, null, null, false),
    ('appraisal_count', m.appraisals, null, null, false),
    ('special_report_count', m.special_reports, null, null, false),
    ('special_supervision_count', m.special_supervisions, null, null, false),
    ('opinion_reply_rate', null, m.replied, m.issued, m.is_approximate)
) as v (indicator, amount, numerator, denominator, is_approximate)
