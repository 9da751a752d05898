-- Schemas, the register, what was received, and the two settings every reader may use.
-- Safe to run more than once (psql -f), like every file of this folder.

create schema if not exists registry;
create schema if not exists intake;
create schema if not exists event;
create schema if not exists restricted;
create schema if not exists mart;
create schema if not exists run;
create schema if not exists narrative;
create schema if not exists research;

comment on schema registry is '名录: the dated register of townships, parameters of law and custom, reporting periods';
comment on schema intake is '收件: what was received, its findings and what was held back';
comment on schema event is '业务: loaded rows of the returns without personal fields, versioned by submission';
comment on schema restricted is '受限: personal fields; never readable by researchers';
comment on schema mart is '指标: indicator values derived from the loaded rows';
comment on schema run is '考评: assessment runs, their item scores and rankings';
comment on schema narrative is '文字材料: facts found in narrative reports';
comment on schema research is '研究: the views for researchers; start here';

create table if not exists registry.schema_migration (
    file_name text primary key,
    digest text not null,
    applied_at timestamptz not null default now()
);
comment on table registry.schema_migration is '迁移记录: SQL files applied to this database';
comment on column registry.schema_migration.file_name is '文件: folder and name below sql/';
comment on column registry.schema_migration.digest is '摘要: sha256 of the file when it was applied';
comment on column registry.schema_migration.applied_at is '应用时间: when it was applied';

create table if not exists registry.township (
    township_code text not null,
    name text not null,
    kind text not null,
    aliases text[] not null default '{}',
    population bigint,
    valid_from date not null,
    valid_to date,
    successor_code text,
    holds_congress boolean not null,
    primary key (township_code, valid_from),
    check (valid_to is null or valid_to >= valid_from)
);
comment on table registry.township is '乡镇名录: one row per township and validity interval';
comment on column registry.township.township_code is '行政区划代码: nine digits';
comment on column registry.township.name is '乡镇名称: official name within the interval';
comment on column registry.township.kind is '类别: 乡, 镇, 街道, ...';
comment on column registry.township.aliases is '别名: other names accepted on the cover';
comment on column registry.township.population is '户籍人口: registered population according to the register';
comment on column registry.township.valid_from is '生效日: first day of the interval';
comment on column registry.township.valid_to is '失效日: last day of the interval, NULL while it stands';
comment on column registry.township.successor_code is '承继代码: the township it was merged into';
comment on column registry.township.holds_congress is '召开人代会: false for street offices';

create table if not exists registry.parameter (
    parameter text not null,
    valid_from date not null,
    valid_to date,
    value numeric not null,
    jurisdiction text not null,
    primary key (parameter, valid_from)
);
comment on table registry.parameter is '法定参数: figures of law and custom, each from a day on';
comment on column registry.parameter.parameter is '参数: its code, such as reply_months';
comment on column registry.parameter.valid_from is '生效日: first day it is in force';
comment on column registry.parameter.valid_to is '失效日: last day it is in force, NULL while it stands';
comment on column registry.parameter.value is '值: the figure; days and months are calendar days and months';
comment on column registry.parameter.jurisdiction is '适用地区: the profile it comes from';

create table if not exists registry.reporting_period (
    form text not null,
    period text not null check (period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    due_on date not null,
    primary key (form, period)
);
comment on table registry.reporting_period is '报送期: months for which returns are due';
comment on column registry.reporting_period.form is '表单: monthly';
comment on column registry.reporting_period.period is '报送期: YYYY-MM';
comment on column registry.reporting_period.due_on is '截止日: last day on which the return is on time';

create table if not exists intake.submission (
    submission_id bigint generated always as identity primary key,
    sha256 text not null unique,
    file_name text not null,
    township_code text,
    period text check (period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    form text not null default 'monthly',
    form_version integer,
    received_at timestamp not null,
    registered_at timestamptz not null default now(),
    due_on date,
    status text not null check (status in ('accepted', 'returned', 'rejected')),
    hard_findings integer not null,
    warnings integer not null,
    infos integer not null,
    prepared_on date
);
create index if not exists submission_return
on intake.submission (township_code, form, period, received_at, submission_id);
comment on table intake.submission is '报送: one row per received file; the same bytes are one submission';
comment on column intake.submission.submission_id is '报送编号: identity of the submission';
comment on column intake.submission.sha256 is '文件摘要: sha256 of the bytes, the name in the archive';
comment on column intake.submission.file_name is '文件名: path inside the inbox on first arrival';
comment on column intake.submission.township_code
is '行政区划代码: from the cover; NULL unless the register knows it in the period';
comment on column intake.submission.period is '报送期: YYYY-MM from the cover; NULL when invalid';
comment on column intake.submission.form is '表单: monthly';
comment on column intake.submission.form_version is '表单版本: from the cover';
comment on column intake.submission.received_at is '收到时间: local time of the first arrival of these bytes';
comment on column intake.submission.registered_at is '登记时间: when the warehouse stored it';
comment on column intake.submission.due_on is '截止日: due day of the period';
comment on column intake.submission.status
is '状态: accepted, returned (hard finding in a row), rejected (hard finding in the file)';
comment on column intake.submission.hard_findings is '硬性问题数: number of hard findings';
comment on column intake.submission.warnings is '警示数: number of warnings';
comment on column intake.submission.infos is '提示数: number of infos';
comment on column intake.submission.prepared_on is '填报日期: from the cover';

create table if not exists intake.arrival (
    sha256 text not null,
    file_name text not null,
    received_at timestamp not null,
    registered_at timestamptz not null default now(),
    primary key (sha256, file_name, received_at)
);
comment on table intake.arrival is '到件: every time a file was found in the inbox, copies included';
comment on column intake.arrival.sha256 is '文件摘要: sha256 of the bytes';
comment on column intake.arrival.file_name is '文件名: path inside the inbox';
comment on column intake.arrival.received_at is '收到时间: local time';
comment on column intake.arrival.registered_at is '登记时间: when the warehouse stored it';

create table if not exists intake.finding (
    submission_id bigint not null references intake.submission,
    finding_no integer not null,
    rule text not null,
    severity text not null check (severity in ('hard', 'warn', 'info')),
    sheet text,
    excel_row integer,
    field text,
    observed text,
    expected text,
    message text not null,
    row_key text,
    is_personal boolean not null,
    primary key (submission_id, finding_no)
);
comment on table intake.finding is '问题: every finding of every submission';
comment on column intake.finding.submission_id is '报送编号: the submission it speaks of';
comment on column intake.finding.finding_no is '序号: running number within the submission';
comment on column intake.finding.rule is '规则: id of the rule';
comment on column intake.finding.severity is '程度: hard, warn or info';
comment on column intake.finding.sheet is '工作表: sheet code, NULL when it speaks of the file';
comment on column intake.finding.excel_row is '行号: row in the workbook, NULL when it speaks of no row';
comment on column intake.finding.field is '栏目: field code, NULL when it speaks of a row or more';
comment on column intake.finding.observed is '填报值: what was found';
comment on column intake.finding.expected is '应为: what was expected';
comment on column intake.finding.message is '说明: sentence for the clerk';
comment on column intake.finding.row_key is '行标识: folded key of the row';
comment on column intake.finding.is_personal is '涉及个人: the field or sheet is personal';

create table if not exists intake.not_evaluable (
    submission_id bigint not null references intake.submission,
    rule text not null,
    cases integer not null check (cases > 0),
    primary key (submission_id, rule)
);
comment on table intake.not_evaluable is '无法判断: rules whose inputs were missing; never a pass';
comment on column intake.not_evaluable.submission_id is '报送编号: the submission it speaks of';
comment on column intake.not_evaluable.rule is '规则: id of the rule';
comment on column intake.not_evaluable.cases is '次数: cells, rows or matters it could not be applied to';

create table if not exists intake.held_back (
    submission_id bigint not null references intake.submission,
    township_code text,
    period text,
    sheet text not null,
    excel_row integer not null,
    row_key text,
    raw jsonb not null,
    primary key (submission_id, sheet, excel_row)
);
create index if not exists held_back_key on intake.held_back (township_code, sheet, row_key);
comment on table intake.held_back is '暂存未入库行: rows with a hard finding, as text found, without personal fields';
comment on column intake.held_back.submission_id is '报送编号: the submission it stands in';
comment on column intake.held_back.township_code is '行政区划代码: as in the submission';
comment on column intake.held_back.period is '报送期: as in the submission';
comment on column intake.held_back.sheet is '工作表: sheet code';
comment on column intake.held_back.excel_row is '行号: row in the workbook, 0 on key-value sheets';
comment on column intake.held_back.row_key is '行标识: folded key, NULL when it could not be read';
comment on column intake.held_back.raw is '原文: field code to text as found';

create table if not exists restricted.held_back (
    submission_id bigint not null,
    sheet text not null,
    excel_row integer not null,
    raw jsonb not null,
    primary key (submission_id, sheet, excel_row),
    foreign key (submission_id, sheet, excel_row) references intake.held_back
);
comment on table restricted.held_back is '暂存未入库行(含个人信息): the same rows with every field and unknown column';
comment on column restricted.held_back.submission_id is '报送编号: the submission it stands in';
comment on column restricted.held_back.sheet is '工作表: sheet code';
comment on column restricted.held_back.excel_row is '行号: row in the workbook';
comment on column restricted.held_back.raw is '原文: field code to text as found; unknown columns under extra';

create table if not exists intake.row_count (
    submission_id bigint not null references intake.submission,
    sheet text not null,
    rows_read integer not null,
    loaded integer not null,
    held_back integer not null,
    ignored integer not null,
    primary key (submission_id, sheet),
    constraint conservation check (rows_read = loaded + held_back + ignored)
);
comment on table intake.row_count is '行数守恒: rows read = loaded + held back + ignored, per submission and sheet';
comment on column intake.row_count.submission_id is '报送编号: the submission it counts';
comment on column intake.row_count.sheet is '工作表: sheet code';
comment on column intake.row_count.rows_read is '读取行数: rows found below the header';
comment on column intake.row_count.loaded is '入库行数: rows in the warehouse';
comment on column intake.row_count.held_back is '暂存行数: rows with a hard finding';
comment on column intake.row_count.ignored is '忽略行数: total rows and repeated headers';

-- The moment as of which every view of current rows speaks: SET taizhang.as_of = '2025-05-01'; empty: now.
create or replace function intake.as_of() returns timestamp
language sql stable parallel safe
return coalesce(nullif(current_setting('taizhang.as_of', true), '')::timestamp, 'infinity'::timestamp);
comment on function intake.as_of() is '截至时刻: submissions received later are not seen';

-- How text is compared (catalogue.text.fold): half width, no blanks.
create or replace function registry.fold(given text) returns text
language sql immutable parallel safe strict
return regexp_replace(
    normalize(given, nfkc), '[\s\u00a0\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u00ad\u0085]+', '', 'g'
);
comment on function registry.fold(text) is '归一: text in half width without blanks, for comparison';

create or replace function registry.is_valid(code text, first_day date, last_day date) returns boolean
language sql stable parallel safe
return exists (
    select 1
    from registry.township as t
    where t.township_code = code and t.valid_from <= last_day and coalesce(t.valid_to, 'infinity'::date) >= first_day
);
comment on function registry.is_valid(text, date, date) is '在册: the township is valid on a day of the interval';

create or replace view intake.current_submission as
select s.*
from intake.submission as s
where
    s.township_code is not null
    and s.period is not null
    and s.status <> 'rejected'
    and s.received_at <= intake.as_of()
    and not exists (
        select 1
        from intake.submission as newer
        where
            newer.township_code = s.township_code
            and newer.form = s.form
            and newer.period = s.period
            and newer.status <> 'rejected'
            and newer.received_at <= intake.as_of()
            and (newer.received_at, newer.submission_id) > (s.received_at, s.submission_id)
    );
comment on view intake.current_submission
is '现行报送: the newest version not rejected of each township, form and period; columns as in intake.submission';

create or replace view intake.version as
select
    s.*,
    s.township_code is not null and s.period is not null as is_identified,
    case
        when s.township_code is not null and s.period is not null
            then row_number() over history
    end as version,
    case
        when s.township_code is null or s.period is null then null
        when row_number() over history > 1 then 0
        else greatest(0, s.received_at::date - s.due_on)
    end as days_late,
    s.submission_id in (select c.submission_id from intake.current_submission as c) as is_current
from intake.submission as s
where s.received_at <= intake.as_of()
window history as (partition by s.township_code, s.form, s.period order by s.received_at, s.submission_id);
comment on view intake.version
is '报送版本: submissions as of the moment set; columns of intake.submission, and';
comment on column intake.version.is_identified is '可识别: township and period are known';
comment on column intake.version.version is '版本: running number by time received; NULL when not identified';
comment on column intake.version.days_late is '迟报天数: calendar days after the due day; 0 for later versions';
comment on column intake.version.is_current is '现行: the version in use';
