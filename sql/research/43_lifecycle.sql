create view research.run as
select
    r.run_id,
    r.period,
    r.level,
    r.rubric,
    r.rubric_version,
    r.status,
    r.stage,
    r.created_at,
    r.self_check_until,
    r.objections_until,
    a.decided_on,
    a.approval_number,
    a.document_number,
    (
        select max(p.published_at) from run.publication as p
        where p.run_id = r.run_id and p.kind = 'final'
    ) as published_at,
    r.superseded_by
from run.run as r
left join run.approval as a on r.run_id = a.run_id;
comment on view research.run is '考评运行: one row per run and where it stands';
comment on column research.run.run_id is '运行编号: the run';
comment on column research.run.period is '统计期: the period assessed';
comment on column research.run.level is '层级: township, group, deputy or village';
comment on column research.run.rubric is '考评办法: code of the rubric';
comment on column research.run.rubric_version is '办法版本: version of the rubric';
comment on column research.run.status is '状态: draft, approved, published or superseded';
comment on column research.run.stage
is '阶段: draft, self_check, public, approved, published, superseded or refused';
comment on column research.run.created_at is '生成时间: when it was made';
comment on column research.run.self_check_until is '自查截止: last day of the townships'' self-check';
comment on column research.run.objections_until is '公示截止: last day on which objections were taken';
comment on column research.run.decided_on is '审批日期: when it was approved or refused';
comment on column research.run.approval_number is '批准文号: of the commendation, NULL when there is none';
comment on column research.run.document_number is '发文字号: number of the bulletin';
comment on column research.run.published_at is '发布时间: when the bulletin was last given out';
comment on column research.run.superseded_by is '被取代: the run that took its place';

create view research.objection as
select
    o.objection_id,
    o.run_id,
    o.township_code,
    o.item,
    o.stage,
    o.lodged_at,
    o.outcome,
    o.answered_at
from run.objection as o;
comment on view research.objection is '异议: one row per objection, without its words and names';
comment on column research.objection.objection_id is '异议编号: running number';
comment on column research.objection.run_id is '运行编号: the run contested';
comment on column research.objection.township_code is '行政区划代码: the township that objects';
comment on column research.objection.item is '考评项目: the item contested, NULL for the whole';
comment on column research.objection.stage is '阶段: self_check or public, when it was lodged';
comment on column research.objection.lodged_at is '提出时间: when it was entered';
comment on column research.objection.outcome is '处理结果: upheld or dismissed, NULL while open';
comment on column research.objection.answered_at is '答复时间: when it was answered';
