-- Sessions that began in the period: how long, announced when, what was on the agenda. An empty cell counts in neither
-- sum. Figures of law are those in force on the first day (地方组织法 §14; 乡镇人大条例 of the provinces).
with newest as (
    select distinct on (e.township_code, e.row_key) e.*
    from event.congress_session as e
    inner join pg_temp.current_return as c on e.submission_id = c.submission_id
    order by e.township_code asc, e.row_key asc, e.period desc
),

judged as (
    select
        e.*,
        e.days >= p.session_min_days as is_full_length,
        e.start_date - e.notice_date >= p.notice_days as is_noticed,
        e.start_date - e.material_date >= p.material_days as is_sent
    from newest as e
    cross join
        lateral (
            select
                max(q.value) filter (where q.parameter = 'session_min_days') as session_min_days,
                max(q.value) filter (where q.parameter = 'notice_days') as notice_days,
                max(q.value) filter (where q.parameter = 'material_days') as material_days
            from registry.parameter as q
            where e.start_date between q.valid_from and coalesce(q.valid_to, 'infinity'::date)
        ) as p
),

measured as (
    select
        t.township_code,
        count(e.row_key) as sessions,
        count(e.is_full_length) as with_days,
        count(*) filter (where not e.is_full_length) as short,
        coalesce(bool_or(e.approximate && array['days']), false) as is_length_approximate,
        count(e.is_noticed) as with_notice,
        count(*) filter (where e.is_noticed) as noticed,
        count(e.is_sent) as with_material,
        count(*) filter (where e.is_sent) as sent,
        count(e.government_report_flag) as with_government,
        count(*) filter (where e.government_report_flag) as government,
        count(e.presidium_report_flag) as with_presidium,
        count(*) filter (where e.presidium_report_flag) as presidium,
        count(e.budget_report_flag) as with_budget,
        count(*) filter (where e.budget_report_flag) as budget,
        count(*) filter (where e.budget_report_flag and e.resolutions >= 1) as approved,
        count(*) filter (where e.budget_report_flag and e.resolutions is null) as undecided,
        coalesce(bool_or(e.budget_report_flag and e.approximate && array['resolutions']), false) as is_vote_approximate,
        count(*) filter (where e.present * 3 < e.expected * 2) as without_quorum,
        coalesce(bool_or(e.approximate && array['present', 'expected']), false) as is_quorum_approximate
    from pg_temp.target as t
    left join judged as e
        on t.township_code = e.township_code and e.start_date between t.first_day and t.last_day
    where t.is_loaded
    group by t.township_code
)

select
    m.township_code,
    m.township_code as unit,
    v.input,
    v.amount::double precision,
    v.numerator::double precision,
    v.denominator::double precision,
    v.is_approximate
from measured as m
cross join lateral (
    values
    (
        'session_short_count', case when m.with_days > 0 or m.sessions = 0 then m.short end, null, null,
        m.is_length_approximate
    ),
    (
        'session_notice_rate',
        null,
        m.noticed,
        case when m.with_notice > 0 or m.sessions = 0 then m.with_notice end,
        false
    ),
    (
        'session_material_rate', null, m.sent, case when m.with_material > 0 or m.sessions = 0 then m.with_material end,
        false
    ),
    (
        'government_report_heard',
        case when m.with_government > 0 or m.sessions = 0 then least(m.government, 1) end, null, null, false
    ),
    (
        'presidium_report_heard',
        case when m.with_presidium > 0 or m.sessions = 0 then least(m.presidium, 1) end, null, null, false
    ),
    ('budget_report_sessions', case when m.with_budget > 0 or m.sessions = 0 then m.budget end, null, null, false),
    (
        'budget_approved',
        case
            when m.approved > 0 then 1
            when m.undecided = 0 and (m.with_budget > 0 or m.sessions = 0) then 0
        end,
        null, null, m.is_vote_approximate
    ),
    ('sessions_without_quorum', m.without_quorum, null, null, m.is_quorum_approximate)
) as v (input, amount, numerator, denominator, is_approximate)
