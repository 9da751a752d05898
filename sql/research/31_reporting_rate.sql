create view research.reporting_rate as
with version as (
    select
        v.form,
        v.period,
        v.township_code,
        v.version,
        v.received_at::date <= v.due_on as is_on_time,
        v.is_current,
        v.status
    from intake.version as v
    where v.is_identified
),

month as (
    select
        p.form,
        p.period
    from registry.reporting_period as p
    union distinct
    select
        v.form,
        v.period
    from version as v
),

expected as (
    select
        m.form,
        m.period,
        count(distinct t.township_code) as townships
    from month as m
    left join registry.township as t
        on
            t.valid_from < (m.period || '-01')::date + interval '1 month'
            and coalesce(t.valid_to, 'infinity'::date) >= (m.period || '-01')::date
            and coalesce(t.township_code = (select registry.own_township()), true)
    group by m.form, m.period
),

received as (
    select
        v.form,
        v.period,
        count(*) filter (where v.version = 1) as received,
        count(*) filter (where v.version = 1 and v.is_on_time) as on_time,
        count(*) filter (where v.is_current and v.status = 'accepted') as accepted,
        count(*) filter (where v.is_current and v.status = 'returned') as returned
    from version as v
    group by v.form, v.period
)

select
    e.form,
    e.period,
    e.townships as expected,
    coalesce(r.received, 0) as received,
    coalesce(r.on_time, 0) as on_time,
    coalesce(r.accepted, 0) as accepted,
    coalesce(r.returned, 0) as returned,
    e.townships - coalesce(r.received, 0) as missing
from expected as e
left join received as r on e.form = r.form and e.period = r.period;
comment on view research.reporting_rate is '报送率: one row per form and period, counts of townships';
comment on column research.reporting_rate.form is '表单: monthly';
comment on column research.reporting_rate.period is '报送期: YYYY-MM';
comment on column research.reporting_rate.expected is '应报: townships valid in the month, street offices included';
comment on column research.reporting_rate.received
is '已报: townships of which a version was received, rejected or not';
comment on column research.reporting_rate.on_time is '按时: first version received on or before the due day';
comment on column research.reporting_rate.accepted is '已接收: current version accepted';
comment on column research.reporting_rate.returned
is '已退回: current version returned for correction, its good rows loaded';
comment on column research.reporting_rate.missing is '未报: no version received';
