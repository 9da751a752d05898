-- Indicator values, and the tables that assessment runs and narrative reports will fill.

create index if not exists deputy_record_reported on restricted.deputy_record (township_code, row_key, period)
where reported_to_voters_flag;

create table if not exists mart.period (
    period_type text not null check (period_type in ('month', 'quarter', 'year')),
    period text not null,
    first_day date not null,
    last_day date not null,
    primary key (period_type, period)
);
comment on table mart.period is '统计期: periods whose values are kept up to date';
comment on column mart.period.period_type is '期类: month, quarter or year';
comment on column mart.period.period is '统计期: 2025-03, 2025Q1 or 2025';
comment on column mart.period.first_day is '首日: first day';
comment on column mart.period.last_day is '末日: last day';

create table if not exists mart.indicator_value (
    township_code text not null,
    period_type text not null,
    period text not null,
    indicator text not null,
    value double precision,
    numerator bigint,
    denominator bigint,
    is_approximate boolean not null,
    primary key (township_code, period_type, period, indicator)
);
comment on table mart.indicator_value is '指标值: value of each indicator per township and period';
comment on column mart.indicator_value.township_code is '行政区划代码: the township';
comment on column mart.indicator_value.period_type is '期类: month, quarter or year';
comment on column mart.indicator_value.period is '统计期: 2025-03, 2025Q1 or 2025';
comment on column mart.indicator_value.indicator is '指标: its code';
comment on column mart.indicator_value.value
is '值: rates 0..1; NULL when no return of the period is loaded or the denominator is empty';
comment on column mart.indicator_value.numerator is '分子: of a rate, NULL for counts';
comment on column mart.indicator_value.denominator is '分母: of a rate, NULL for counts';
comment on column mart.indicator_value.is_approximate is '含约数: a cell it rests on was approximate (rule C06)';

create table if not exists run.run (
    run_id bigint generated always as identity primary key,
    period text not null,
    rubric text not null,
    status text not null check (status in ('draft', 'approved', 'published', 'superseded')),
    created_at timestamptz not null default now()
);
comment on table run.run is '考评运行: one assessment of one period by one rubric';
comment on column run.run.run_id is '运行编号: identity of the run';
comment on column run.run.period is '统计期: the period assessed';
comment on column run.run.rubric is '考评办法: code of the rubric';
comment on column run.run.status is '状态: draft, approved, published or superseded';
comment on column run.run.created_at is '生成时间: when it was made';

create table if not exists run.item_score (
    run_id bigint not null references run.run,
    township_code text not null,
    item text not null,
    value double precision,
    points double precision,
    max_points double precision not null,
    note text,
    primary key (run_id, township_code, item)
);
comment on table run.item_score is '分项得分: one row per run, township and rubric item';
comment on column run.item_score.run_id is '运行编号: the run';
comment on column run.item_score.township_code is '行政区划代码: the township';
comment on column run.item_score.item is '考评项目: code of the rubric item';
comment on column run.item_score.value is '指标值: the value scored, NULL when not applicable';
comment on column run.item_score.points is '得分: points given, NULL when not applicable';
comment on column run.item_score.max_points is '满分: points attainable';
comment on column run.item_score.note is '说明: why, in words';

create table if not exists run.ranking (
    run_id bigint not null references run.run,
    township_code text not null,
    peer_group text not null,
    score double precision,
    rank integer,
    rank_low integer,
    rank_high integer,
    band text,
    recommended boolean not null default false,
    primary key (run_id, township_code)
);
comment on table run.ranking is '排名: one row per run and township';
comment on column run.ranking.run_id is '运行编号: the run';
comment on column run.ranking.township_code is '行政区划代码: the township';
comment on column run.ranking.peer_group is '同类组: townships it is compared with';
comment on column run.ranking.score is '总分: score of the run';
comment on column run.ranking.rank is '名次: rank within the peer group';
comment on column run.ranking.rank_low is '名次下限: best rank of the interval';
comment on column run.ranking.rank_high is '名次上限: worst rank of the interval';
comment on column run.ranking.band is '等次: grade';
comment on column run.ranking.recommended is '建议表彰: recommended for commendation';

create table if not exists narrative.fact (
    fact_id bigint generated always as identity primary key,
    township_code text,
    document text not null,
    indicator text not null,
    value double precision,
    unit text,
    is_approximate boolean not null,
    period_text text,
    quote text not null,
    start_offset integer not null
);
comment on table narrative.fact is '文字材料数据: facts found in narrative reports';
comment on column narrative.fact.fact_id is '编号: identity of the fact';
comment on column narrative.fact.township_code is '行政区划代码: township of the report, NULL when unknown';
comment on column narrative.fact.document is '文件: the report';
comment on column narrative.fact.indicator is '指标: its code';
comment on column narrative.fact.value is '值: the number said';
comment on column narrative.fact.unit is '单位: as written';
comment on column narrative.fact.is_approximate is '约数: said to be approximate';
comment on column narrative.fact.period_text is '时间表述: the period as written';
comment on column narrative.fact.quote is '原文: the sentence that says it';
comment on column narrative.fact.start_offset is '位置: character offset of the quote';

-- What an event row contributes to indicator values: the days it is counted on and the columns that are counted.
-- A row whose dates and measure are those of the version before it changes no value (sql/marts/refresh).
create or replace view event.dated_row as
select
    e.submission_id,
    e.township_code,
    e.period,
    'congress_session' as sheet,
    e.row_key,
    array[e.start_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.start_date, e.expected, e.present, e.approximate)::text as measure
from event.congress_session as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'presidium_meeting' as sheet,
    e.row_key,
    array[e.meeting_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.meeting_date, e.expected, e.present, e.minutes_flag, e.approximate)::text as measure
from event.presidium_meeting as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'other_meeting' as sheet,
    e.row_key,
    array[e.meeting_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.meeting_date, e.kind)::text as measure
from event.other_meeting as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'supervision_activity' as sheet,
    e.row_key,
    array[e.start_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.start_date, e.kind, e.opinions_issued, e.opinions_replied, e.approximate)::text as measure
from event.supervision_activity as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'hazard' as sheet,
    e.row_key,
    array[e.found_date, e.notice_date, e.rectify_by, e.rectified_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.found_date, e.severity, e.notice_no, e.notice_date, e.rectify_by, e.rectified_date)::text as measure
from event.hazard as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'suggestion' as sheet,
    e.row_key,
    array[e.raised_date, e.answered_date, e.closed_date] as dates,
    e.assigned_date,
    coalesce(e.extended_flag, false) as is_extended,
    row(
        e.raised_date, e.assigned_date, e.extended_flag, e.answered_date, e.closed_date, e.result, e.consulted_flag,
        e.satisfaction
    )::text as measure
from event.suggestion as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'deputy_activity' as sheet,
    e.row_key,
    array[e.activity_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(
        e.activity_date, e.kind, e.deputy_group, e.invited, e.attended, e.households_visited, e.approximate
    )::text as measure
from event.deputy_activity as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'petition' as sheet,
    e.row_key,
    array[e.received_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.received_date, e.closed_date)::text as measure
from event.petition as e
union all
select
    e.submission_id,
    e.township_code,
    e.period,
    'article' as sheet,
    e.row_key,
    array[e.submitted_date] as dates,
    null::date as assigned_date,
    null::boolean as is_extended,
    row(e.submitted_date, e.adopted_level)::text as measure
from event.article as e;
comment on view event.dated_row
is '计入日期: the days an event row is counted on and what is counted, for refreshing just what a load touched';
comment on column event.dated_row.submission_id is '报送编号: the submission that reported the row';
comment on column event.dated_row.township_code is '行政区划代码: the township';
comment on column event.dated_row.period is '报送期: month whose return reported the row';
comment on column event.dated_row.sheet is '工作表: sheet code';
comment on column event.dated_row.row_key is '行标识: folded key';
comment on column event.dated_row.dates is '计入日期: days on which an indicator counts the row';
comment on column event.dated_row.assigned_date is '交办日期: a suggestion also counts on its reply limit, which follows';
comment on column event.dated_row.is_extended is '经批准延期: the longer limit applies';
comment on column event.dated_row.measure is '计量: the columns indicators rest on, as text';
