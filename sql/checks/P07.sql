-- P07: counts to be held against peers and history (transforms.outliers), one row per township, month and indicator.
-- count: NULL where it is no like for like: half or more of its sheet's rows are held back, or suggestions in a month
-- with a congress session, when most are raised. exposure: deputies in office, of the newest profile up to the month.
-- two_sided: a count too low means something: no row of its sheet is held back; households come in clumps, 0 is common.
with counted (indicator, sheet) as (
    values
    ('supervision_count', 'supervision_activity'),
    ('hazards_found', 'hazard'),
    ('rectification_notices', 'hazard'),
    ('suggestions_received', 'suggestion'),
    ('deputy_activity_count', 'deputy_activity'),
    ('voter_reception_count', 'deputy_activity'),
    ('households_visited', 'deputy_activity'),
    ('articles_adopted', 'article')
),

returned as (
    select
        c.submission_id,
        c.township_code,
        c.period,
        deputies.denominator as exposure,
        coalesce(session.value, 0) > 0 as has_session,
        township.kind
    from intake.current_submission as c
    left join mart.indicator_value as deputies
        on
            c.township_code = deputies.township_code
            and c.period = deputies.period
            and deputies.period_type = 'month'
            and deputies.indicator = 'suggestions_per_deputy'
    left join mart.indicator_value as session
        on
            c.township_code = session.township_code
            and c.period = session.period
            and session.period_type = 'month'
            and session.indicator = 'session_count'
    inner join lateral (
        select t.kind
        from registry.township as t
        where t.township_code = c.township_code
        order by t.valid_from <= (c.period || '-01')::date + interval '1 month - 1 day' desc, t.valid_from desc
        limit 1
    ) as township on true
    where c.township_code = any(:townships) and c.period = any(:periods)
)

select
    r.township_code,
    r.kind,
    r.period,
    v.indicator,
    case
        when n.held_back > 0 and n.held_back >= n.loaded then null
        when v.indicator = 'suggestions_received' and r.has_session then null
        else v.value
    end as count,
    r.exposure,
    coalesce(n.held_back, 0) = 0 and v.indicator <> 'households_visited' as two_sided
from returned as r
inner join mart.indicator_value as v
    on r.township_code = v.township_code and r.period = v.period and v.period_type = 'month'
inner join counted as c on v.indicator = c.indicator
left join intake.row_count as n on r.submission_id = n.submission_id and c.sheet = n.sheet
