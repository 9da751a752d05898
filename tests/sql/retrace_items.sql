-- Points and points to be had of every item of a run, from the values researchers see and the rubric tables alone.
with unit as (
    select
        r.township_code,
        r.peer_group,
        r.peer_group <> '街道' as holds_congress,
        k.period_type,
        r.period
    from research.ranking as r
    cross join lateral (
        select case when r.period like '%Q%' then 'quarter' else 'year' end as period_type
    ) as k
    where r.run_id = :run_id
),

known as (
    select v.township_code, v.indicator as input, v.value, v.numerator::float8, v.denominator::float8
    from research.indicator_value as v
    inner join unit as u using (township_code, period_type, period)
    union all
    select v.township_code, v.input, v.value, v.numerator, v.denominator
    from research.input_value as v
    inner join unit as u using (township_code, period_type, period)
    where v.level = 'township'
    union all
    -- what the panel enters is not for researchers; the run says what it saw
    select v.township_code, v.input, v.value, v.numerator, v.denominator
    from research.run_input as v
    where
        v.run_id = :run_id
        and v.input not in (select i.input from research.input_value as i)
        and v.input not in (select i.indicator from research.indicator_value as i)
),

sent as (
    select u.township_code, exists (
        select 1 from research.submission as s
        where
            s.township_code = u.township_code and s.is_current
            and (s.period like u.period || '-%' or (
                u.period_type = 'quarter'
                and left(s.period, 4) || 'Q' || ((right(s.period, 2)::integer + 2) / 3) = u.period
            ))
    ) as is_submitted
    from unit as u
),

measured as (
    select
        u.township_code,
        u.peer_group,
        p.item,
        p.part,
        p.type,
        p.points,
        p.target,
        p.floor,
        coalesce(p.per_missing, p.points / nullif(p.target, 0), 0) as per_missing,
        p.per_excess,
        p.base,
        p.extra,
        p.each,
        p.beyond,
        p.below,
        p.above,
        p.shrink,
        p.empty,
        p.gate_at_least,
        p.gate_otherwise,
        i.applies_to = 'all' or u.holds_congress as is_for_it,
        count(*) = count(k.value) as is_known,
        bool_or(k.denominator = 0) as is_empty,
        sum(k.value) as total,
        avg(least(greatest(k.value, 0), 1)) as share,
        sum(greatest(k.value - p.beyond, 0) * coalesce(p.weights[n.place], 1)) as weighted,
        min(k.numerator) as numerator,
        min(k.denominator) as denominator,
        bool_and(k.value is not null or k.denominator = 0) as is_said,
        min(g.value) as gate,
        bool_or(t.is_submitted) as is_submitted
    from unit as u
    cross join research.rubric_part as p
    inner join research.rubric_item as i on p.run_id = i.run_id and p.item = i.item
    inner join sent as t on u.township_code = t.township_code
    cross join lateral unnest(p.inputs) with ordinality as n (input, place)
    left join known as k on u.township_code = k.township_code and n.input = k.input
    left join known as g on u.township_code = g.township_code and p.gate_input = g.input
    where p.run_id = :run_id
    group by
        u.township_code, u.peer_group, p.item, p.part, p.type, p.points, p.target, p.floor, p.per_missing, p.per_excess,
        p.base, p.extra, p.each, p.beyond, p.below, p.above, p.shrink, p.empty, p.gate_at_least, p.gate_otherwise,
        i.applies_to, u.holds_congress
),

pooled as (
    select
        m.*,
        case
            when m.shrink > 0 and m.denominator > 0 then
                (m.numerator + m.shrink * sum(m.numerator) filter (where m.denominator > 0) over peers
                / sum(m.denominator) filter (where m.denominator > 0) over peers) / (m.denominator + m.shrink)
            else m.total
        end as value
    from measured as m
    window peers as (partition by m.peer_group, m.item, m.part)
),

given as (
    select
        p.*,
        case
            when not p.is_for_it then null
            when p.gate < p.gate_at_least then case when p.gate_otherwise = 'zero' then 0 end
            when p.is_empty then case when p.empty = 'zero' and p.type <> 'veto' then 0 end
            when not p.is_known then case when not p.is_submitted and p.type <> 'veto' then 0 end
            when p.type = 'count_target' then greatest(
                p.points - p.per_missing * greatest(p.target - p.value, 0)
                - p.per_excess * greatest(p.value - p.target, 0), 0
            )
            when p.type = 'rate_linear'
                then p.points * least(greatest((p.value - p.floor) / (p.target - p.floor), 0), 1)
            when p.type = 'rate_target' then case when p.value >= p.target then p.points else 0 end
            when p.type = 'flag' then p.points * p.share
            when p.type = 'base_extra_cap'
                then least(p.base * least(p.value, 1) + p.extra * greatest(p.value - 1, 0), p.points)
            when p.type = 'deduct' then -least(p.each * p.value, p.points)
            when p.type = 'bonus_cap' then least(p.weighted, p.points)
            when p.type = 'veto' then case when p.value < p.below or p.value > p.above then 1 else 0 end
        end as given
    from pooled as p
)

select
    u.township_code,
    i.item,
    sum(g.given) as points,
    coalesce(sum(g.points) filter (where g.given is not null), i.points) as max_points
from unit as u
cross join research.rubric_item as i
left join given as g on u.township_code = g.township_code and i.item = g.item
where i.run_id = :run_id
group by u.township_code, i.item, i.points
