-- What is owed, by whom, until when: months with their days, exemptions and extensions, and what came.
-- Nothing here is counted twice: an obligation is derived from the register, the months and the decisions, and every
-- rate is a count over obligations, so none can leave 0 to 100 %.

create schema if not exists duty;
comment on schema duty is '应办: what is due, what was explained, alerts; for the county';

alter table registry.reporting_period add column if not exists opens_on date;
alter table registry.reporting_period add column if not exists closes_on date;
comment on column registry.reporting_period.opens_on is '开始日: first day of the reporting window, NULL when not set';
comment on column registry.reporting_period.closes_on
is '截止更正日: last day on which corrections belong to the regular round, NULL when not set';

create table if not exists intake.empty_return (
    submission_id bigint primary key references intake.submission
);
comment on table intake.empty_return
is '空表: returns with a cover and nothing else, neither a figure on 基本情况 nor a row; they do not count as received';
comment on column intake.empty_return.submission_id is '报送编号: the return';

-- The given returns that hold nothing: 基本情况 stood there without a value, and no sheet had a row.
create or replace function intake.empty_returns(submissions bigint[]) returns setof bigint
language sql stable
begin atomic
    select c.submission_id
    from intake.row_count as c
    where c.submission_id = any(submissions)
    group by c.submission_id
    having
        bool_or(c.sheet = 'profile' and c.rows_read > 0)
        and sum(c.rows_read) filter (where c.sheet not in ('cover', 'profile')) is not distinct from 0
        and not exists (
            select from event.profile as p
            where p.submission_id = c.submission_id
        )
        and not exists (
            select from intake.held_back as h
            where h.submission_id = c.submission_id and h.sheet = 'profile' and h.raw <> '{}'::jsonb
        );
end;
comment on function intake.empty_returns(bigint[]) is '空表: those of the returns that hold nothing';

insert into intake.empty_return (submission_id)
select e.submission_id
from intake.empty_returns(array(select s.submission_id from intake.submission as s)) as e (submission_id)
on conflict do nothing;

create table if not exists duty.concession (
    concession_id bigint generated always as identity primary key,
    kind text not null check (kind in ('extension', 'exemption')),
    township_code text not null,
    form text not null default 'monthly',
    first_period text not null check (first_period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    last_period text not null check (last_period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    due_on date,
    reason text not null check (reason <> ''),
    asked_by text not null check (asked_by <> ''),
    asked_at timestamp not null,
    state text not null default 'asked' check (state in ('asked', 'granted', 'refused', 'withdrawn')),
    decided_by text,
    decided_at timestamp,
    decision text,
    withdrawn_at timestamp,
    check (first_period <= last_period),
    check ((kind = 'extension') = (due_on is not null)),
    check (kind <> 'extension' or first_period = last_period),
    check ((state = 'asked') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index if not exists concession_township on duty.concession (township_code, form, first_period);
comment on table duty.concession is '延期和免报: asked for, granted, refused or withdrawn, with reason and person';
comment on column duty.concession.concession_id is '编号: running number';
comment on column duty.concession.kind is '类别: extension (a later due day) or exemption (nothing is owed)';
comment on column duty.concession.township_code is '行政区划代码: the township';
comment on column duty.concession.form is '表单: monthly';
comment on column duty.concession.first_period is '首个报送期: YYYY-MM';
comment on column duty.concession.last_period is '末个报送期: YYYY-MM; an extension has just one';
comment on column duty.concession.due_on is '延至: the later due day, NULL for an exemption';
comment on column duty.concession.reason is '理由: why it was asked for';
comment on column duty.concession.asked_by is '申请人: who asked';
comment on column duty.concession.asked_at is '申请时间: local time';
comment on column duty.concession.state is '状态: asked, granted, refused or withdrawn';
comment on column duty.concession.decided_by is '决定人: who decided';
comment on column duty.concession.decided_at is '决定时间: local time';
comment on column duty.concession.decision is '决定意见: what the decision said';
comment on column duty.concession.withdrawn_at is '撤销时间: local time, NULL unless a granted one was withdrawn';

-- What was granted as of the moment set: the latest day of all extensions, and whether nothing is owed.
create or replace view duty.granted as
select
    c.township_code,
    c.form,
    to_char(m.first_day, 'YYYY-MM') as period,
    max(c.due_on) as extended_to,
    bool_or(c.kind = 'exemption') as is_exempt
from duty.concession as c
cross join
    lateral (
        select g.moment::date as first_day
        from generate_series(
            (c.first_period || '-01')::timestamp, (c.last_period || '-01')::timestamp, interval '1 month'
        ) as g (moment)
    ) as m
where
    c.state in ('granted', 'withdrawn')
    and c.decided_at <= intake.as_of()
    and (c.withdrawn_at is null or c.withdrawn_at > intake.as_of())
group by c.township_code, c.form, m.first_day;
comment on view duty.granted is '已准: extensions and exemptions in force, one row per township, form and period';
comment on column duty.granted.township_code is '行政区划代码: the township';
comment on column duty.granted.form is '表单: monthly';
comment on column duty.granted.period is '报送期: YYYY-MM';
comment on column duty.granted.extended_to is '延至: the latest day granted, NULL without an extension';
comment on column duty.granted.is_exempt is '免报: nothing is owed';

create or replace view duty.month as
with s as (
    select
        v.form,
        v.period,
        max(v.due_on) as due_on
    from intake.submission as v
    where v.township_code is not null and v.period is not null and v.received_at <= intake.as_of()
    group by v.form, v.period
)

select
    coalesce(p.form, s.form) as form,
    coalesce(p.period, s.period) as period,
    p.opens_on,
    coalesce(p.due_on, s.due_on) as due_on,
    p.closes_on
from registry.reporting_period as p
full join s on p.form = s.form and p.period = s.period;
comment on view duty.month is '报送期: months declared due or for which a return came';
comment on column duty.month.form is '表单: monthly';
comment on column duty.month.period is '报送期: YYYY-MM';
comment on column duty.month.opens_on is '开始日: first day of the reporting window';
comment on column duty.month.due_on is '截止日: the regular due day';
comment on column duty.month.closes_on is '截止更正日: last day of the regular round';

-- Who answers for a township on a day: itself while it stands, else its successor's successor ... that does.
create or replace function duty.responsible(code text, day date) returns text
language sql stable
begin atomic
    with recursive chain as (
        select code as township_code, day as on_day, 1 as step
        union all
        select s.successor_code, c.on_day, c.step + 1 as step
        from chain as c
        cross join
            lateral (
                select t.successor_code
                from registry.township as t
                where t.township_code = c.township_code
                order by t.valid_from desc
                limit 1
            ) as s
        where
            s.successor_code is not null and c.step < 20
            and not registry.is_valid(c.township_code, c.on_day, c.on_day)
    )

    select c.township_code from chain as c
    where registry.is_valid(c.township_code, c.on_day, c.on_day)
    order by c.step
    limit 1;
end;
comment on function duty.responsible(text, date)
is '责任乡镇: the township itself, or the one it was merged into; NULL when none stands on the day';

create or replace view duty.obligation as
with owed as (
    select distinct on (m.form, m.period, t.township_code)
        m.form,
        m.period,
        t.township_code,
        t.name,
        t.kind,
        t.holds_congress,
        m.opens_on,
        m.due_on,
        m.closes_on
    from duty.month as m
    inner join registry.township as t
        on
            t.valid_from < (m.period || '-01')::date + interval '1 month'
            and coalesce(t.valid_to, 'infinity'::date) >= (m.period || '-01')::date
            and coalesce(t.township_code = (select registry.own_township()), true)
    order by m.form asc, m.period asc, t.township_code asc, t.valid_from desc
),

-- as intake.current_submission has it: the newest version that was not rejected, an empty one included
sent as (
    select
        s.submission_id,
        s.form,
        s.period,
        s.township_code,
        s.received_at,
        s.status,
        s.status <> 'rejected' and row_number() over (
            partition by s.form, s.period, s.township_code, s.status = 'rejected'
            order by s.received_at desc, s.submission_id desc
        ) = 1 as is_current
    from intake.submission as s
    where s.township_code is not null and s.period is not null and s.received_at <= intake.as_of()
),

version as (
    select
        v.*,
        row_number() over (
            partition by v.form, v.period, v.township_code order by v.received_at, v.submission_id
        ) as place
    from sent as v
    where v.submission_id not in (select e.submission_id from intake.empty_return as e)
),

came as (
    select
        v.form,
        v.period,
        v.township_code,
        min(v.received_at) as first_received_at,
        min(v.received_at) filter (where v.status = 'accepted') as first_clean_at,
        bool_or(v.place = 1 and v.status = 'accepted') as is_first_clean,
        max(v.received_at) filter (where v.is_current and v.status = 'accepted') as accepted_at,
        max(v.submission_id) filter (where v.is_current) as current_submission_id,
        coalesce(
            max(v.status) filter (where v.is_current),
            -- an empty one took its place
            case when bool_or(v.status <> 'rejected') then 'returned' else 'rejected' end
        ) as current_status,
        count(*) as versions,
        count(*) filter (where v.status <> 'accepted') as times_returned
    from version as v
    group by v.form, v.period, v.township_code
)

select
    o.form,
    o.period,
    o.township_code,
    o.name,
    o.kind,
    o.holds_congress,
    o.opens_on,
    o.due_on as regular_due_on,
    greatest(o.due_on, g.extended_to) as due_on,
    greatest(o.closes_on, g.extended_to) as closes_on,
    g.extended_to is not null as is_extended,
    coalesce(g.is_exempt, false) as is_exempt,
    c.first_received_at,
    c.first_clean_at,
    c.accepted_at,
    coalesce(c.is_first_clean, false) as is_first_clean,
    coalesce(c.versions, 0) as versions,
    coalesce(c.times_returned, 0) as times_returned,
    c.current_submission_id,
    coalesce(c.first_received_at::date <= greatest(o.due_on, g.extended_to), false) as is_on_time,
    greatest(0, c.first_received_at::date - greatest(o.due_on, g.extended_to)) as days_late,
    case
        when g.is_exempt then 'exempt'
        when c.first_received_at is null then 'open'
        else c.current_status
    end as state
from owed as o
left join duty.granted as g on o.form = g.form and o.period = g.period and o.township_code = g.township_code
left join came as c on o.form = c.form and o.period = c.period and o.township_code = c.township_code;
comment on view duty.obligation
is '应报: one row per township, form and period in which the township stands; empty returns are not counted';
comment on column duty.obligation.form is '表单: monthly';
comment on column duty.obligation.period is '报送期: YYYY-MM';
comment on column duty.obligation.township_code is '行政区划代码: the township';
comment on column duty.obligation.name is '乡镇名称: its newest name in the month';
comment on column duty.obligation.kind is '类别: 乡, 镇, 街道, ...';
comment on column duty.obligation.holds_congress is '召开人代会: false for street offices, which owe no congress sheets';
comment on column duty.obligation.opens_on is '开始日: first day of the reporting window';
comment on column duty.obligation.regular_due_on is '法定截止日: due day without any extension';
comment on column duty.obligation.due_on is '截止日: due day, the extension granted included';
comment on column duty.obligation.closes_on is '截止更正日: last day of the regular round';
comment on column duty.obligation.is_extended is '已延期: an extension was granted';
comment on column duty.obligation.is_exempt is '免报: nothing is owed';
comment on column duty.obligation.first_received_at is '首次报送: local time of the first version that is not empty';
comment on column duty.obligation.first_clean_at is '首次合格: local time of the first version without a hard finding';
comment on column duty.obligation.accepted_at is '受理: local time of the version in use, NULL unless it is accepted';
comment on column duty.obligation.is_first_clean is '一次通过: the first version had no hard finding';
comment on column duty.obligation.versions is '版本数: versions received, empty ones not counted';
comment on column duty.obligation.times_returned is '退回次数: versions with a hard finding';
comment on column duty.obligation.current_submission_id is '现行报送编号: the version in use';
comment on column duty.obligation.is_on_time is '按时: first received on or before the due day';
comment on column duty.obligation.days_late is '迟报天数: calendar days of the first version after the due day';
comment on column duty.obligation.state
is '状态: exempt, open (nothing came), accepted, returned or rejected (no version could be used)';

create or replace view duty.reporting_rate as
select
    r.*,
    r.received::numeric / nullif(r.expected, 0) as received_rate,
    r.on_time::numeric / nullif(r.expected, 0) as on_time_rate,
    r.accepted::numeric / nullif(r.expected, 0) as accepted_rate,
    r.returned::numeric / nullif(r.expected, 0) as returned_rate
from (
    select
        m.form,
        m.period,
        count(o.township_code) filter (where not o.is_exempt) as expected,
        count(o.township_code) filter (where o.is_exempt) as exempt,
        count(o.township_code) filter (where not o.is_exempt and o.is_extended) as extended,
        count(o.township_code) filter (where not o.is_exempt and o.first_received_at is not null) as received,
        count(o.township_code) filter (where not o.is_exempt and o.is_on_time) as on_time,
        count(o.township_code) filter (where o.state = 'accepted') as accepted,
        count(o.township_code) filter (where o.state = 'returned') as returned,
        count(o.township_code) filter (where o.state = 'rejected') as rejected,
        count(o.township_code) filter (where o.state = 'open') as missing
    from duty.month as m
    left join duty.obligation as o on m.form = o.form and m.period = o.period
    group by m.form, m.period
) as r;
comment on view duty.reporting_rate
is '报送率: counts of obligations; expected = received + missing, received = accepted + returned + rejected';
comment on column duty.reporting_rate.form is '表单: monthly';
comment on column duty.reporting_rate.period is '报送期: YYYY-MM';
comment on column duty.reporting_rate.expected is '应报: townships that owe a return';
comment on column duty.reporting_rate.exempt is '免报: townships exempted, not among those expected';
comment on column duty.reporting_rate.extended is '延期: townships with a later due day';
comment on column duty.reporting_rate.received is '已报: townships of which a return came that is not empty';
comment on column duty.reporting_rate.on_time is '按时: first version received on or before the due day';
comment on column duty.reporting_rate.accepted is '已受理: the version in use is accepted';
comment on column duty.reporting_rate.returned is '已退回: the version in use went back for correction';
comment on column duty.reporting_rate.rejected is '拒收: what came could not be used';
comment on column duty.reporting_rate.missing is '未报: nothing came';
comment on column duty.reporting_rate.received_rate is '报送率: received / expected, 0..1; NULL when none is expected';
comment on column duty.reporting_rate.on_time_rate is '按时率: on_time / expected, 0..1';
comment on column duty.reporting_rate.accepted_rate is '受理率: accepted / expected, 0..1';
comment on column duty.reporting_rate.returned_rate is '退回率: returned / expected, 0..1';

grant usage on schema duty to county, research_owner;
grant select on all tables in schema duty to county;
grant select on intake.empty_return to county, research_owner;
grant select on duty.concession, duty.granted, duty.month, duty.obligation, duty.reporting_rate to research_owner;
alter default privileges in schema duty grant select on tables to county;

do $$
declare
    item text;
begin
    alter table duty.concession enable row level security;
    drop policy if exists own_township on duty.concession;
    drop policy if exists whole_county on duty.concession;
    create policy own_township on duty.concession for select to research_owner using (
        (select registry.own_township()) is null or township_code = (select registry.own_township())
    );
    create policy whole_county on duty.concession for select to county using (true);
    grant create on schema duty to research_owner;
    foreach item in array array['granted', 'month', 'obligation', 'reporting_rate'] loop
        execute format('alter view duty.%I owner to research_owner', item);
        execute format('grant select on duty.%I to county', item);
    end loop;
    revoke create on schema duty from research_owner;
end;
$$;
