create view research.submission as
select
    v.submission_id,
    v.township_code,
    v.form,
    v.period,
    v.version,
    v.status,
    v.is_current,
    v.received_at,
    greatest(v.due_on, g.extended_to) as due_on,
    case
        when g.extended_to is null or v.days_late is null then v.days_late
        else least(v.days_late, greatest(0, v.received_at::date - greatest(v.due_on, g.extended_to)))
    end as days_late,
    v.file_name,
    v.sha256 as file_sha256,
    v.hard_findings,
    v.warnings
from intake.version as v
left join duty.granted as g on v.township_code = g.township_code and v.form = g.form and v.period = g.period;
comment on view research.submission is '报送: one row per received return version';
comment on column research.submission.submission_id is '报送编号: identity of the submission';
comment on column research.submission.township_code is '行政区划代码: NULL when the return names no township of the register';
comment on column research.submission.form is '表单: monthly';
comment on column research.submission.period is '报送期: YYYY-MM, NULL when invalid';
comment on column research.submission.version
is '版本: running number within township, form and period by time received; NULL when not identified';
comment on column research.submission.status
is '状态: accepted, returned (hard finding in a row), rejected (hard finding in the file)';
comment on column research.submission.is_current is '现行: the newest version that is not rejected';
comment on column research.submission.received_at is '收到时间: local time of the first arrival';
comment on column research.submission.due_on is '截止日: due day of the period, a granted extension included';
comment on column research.submission.days_late
is '迟报天数: calendar days after the due day; 0 for later versions, NULL when not identified';
comment on column research.submission.file_name is '文件名: path inside the inbox';
comment on column research.submission.file_sha256 is '文件摘要: sha256 of the bytes';
comment on column research.submission.hard_findings is '硬性问题数: number of hard findings';
comment on column research.submission.warnings is '警示数: number of warnings';
