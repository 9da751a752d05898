create view research.reporting_rate as
select
    r.form,
    r.period,
    r.expected,
    r.received,
    r.on_time,
    r.accepted,
    r.returned,
    r.missing
from duty.reporting_rate as r;
comment on view research.reporting_rate is '报送率: one row per form and period, counts of townships';
comment on column research.reporting_rate.form is '表单: monthly';
comment on column research.reporting_rate.period is '报送期: YYYY-MM';
comment on column research.reporting_rate.expected
is '应报: townships valid in the month, street offices included, exempted ones not';
comment on column research.reporting_rate.received
is '已报: townships of which a version was received, rejected or not; an empty return is none';
comment on column research.reporting_rate.on_time
is '按时: first version received on or before the due day, a granted extension included';
comment on column research.reporting_rate.accepted is '已接收: current version accepted';
comment on column research.reporting_rate.returned
is '已退回: current version returned for correction, its good rows loaded';
comment on column research.reporting_rate.missing is '未报: no version received';
