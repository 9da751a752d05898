create view research.report as
select
    r.report_id,
    r.township_code,
    r.period,
    r.title,
    r.kind,
    r.status,
    r.source,
    r.received_at,
    r.file_name,
    r.sha256 as file_sha256,
    r.notes,
    coalesce(n.facts, 0) as facts
from narrative.current_report as r
left join lateral (
    select count(*) as facts
    from narrative.fact as f
    where f.report_id = r.report_id
) as n on true;
comment on view research.report is '报告: one row per narrative report, newest version';
comment on column research.report.report_id is '报告编号: identity of the report';
comment on column research.report.township_code is '行政区划代码: by its text, NULL when unclear';
comment on column research.report.period is '时期: 2025, 2025H1, 2025Q1, 2025-03, NULL when unclear';
comment on column research.report.title is '题目: as written';
comment on column research.report.kind is '性质: township, plan, county, government, other, notice';
comment on column research.report.status is '状态: counted, plan or not_counted';
comment on column research.report.source is '来源: inbox or backfill';
comment on column research.report.received_at is '收到时间: local time of the first arrival';
comment on column research.report.file_name is '文件名: path inside the inbox';
comment on column research.report.file_sha256 is '文件摘要: sha256 of the bytes';
comment on column research.report.notes is '说明: what was noticed, in Chinese';
comment on column research.report.facts is '数据条数: facts found in it';

create view research.shared_passage as
select
    p.report_id,
    r.township_code,
    r.period,
    r.file_name,
    p.other_report_id,
    o.township_code as other_township_code,
    o.period as other_period,
    coalesce(d.file_name, p.template) as other_name,
    p.start_offset,
    p.end_offset,
    p.other_start,
    p.other_end,
    p.characters,
    p.share
from narrative.passage as p
inner join narrative.current_report as r on p.report_id = r.report_id
left join narrative.report as o on p.other_report_id = o.report_id
left join narrative.document as d on o.document_id = d.document_id;
comment on view research.shared_passage
is '雷同段落: one row per passage a report shares with an earlier one or a known text';
comment on column research.shared_passage.report_id is '报告编号: the later report';
comment on column research.shared_passage.township_code is '行政区划代码: of the later report';
comment on column research.shared_passage.period is '时期: of the later report';
comment on column research.shared_passage.file_name is '文件名: of the later report';
comment on column research.shared_passage.other_report_id is '对方报告: NULL for a known text';
comment on column research.shared_passage.other_township_code is '对方乡镇: NULL for a known text';
comment on column research.shared_passage.other_period is '对方时期: NULL for a known text';
comment on column research.shared_passage.other_name is '对方: file name, or name of the known text';
comment on column research.shared_passage.start_offset is '起: in the text of the later report';
comment on column research.shared_passage.end_offset is '止: in the text of the later report';
comment on column research.shared_passage.other_start is '对方起: in the other text';
comment on column research.shared_passage.other_end is '对方止: in the other text';
comment on column research.shared_passage.characters is '字数: characters compared';
comment on column research.shared_passage.share is '重合度: share of its 13-character runs that stand in the other text';

-- A series from reports alone, every row labelled as such. For what townships returned ask research.indicator_value.
create view research.reported_series as
select
    'report' as source,
    f.township_code,
    f.period,
    f.indicator,
    f.value,
    f.unit,
    f.is_approximate,
    f.status,
    f.confidence,
    f.document,
    f.quote,
    f.start_offset
from narrative.current_fact as f
where f.status in ('accepted', 'confirmed') and f.scope = 'total' and f.period is not null;
comment on view research.reported_series
is '报告序列: figures said in reports, for years without returns; never the same as returned data';
comment on column research.reported_series.source is '来源: always report';
comment on column research.reported_series.township_code is '行政区划代码: township of the report';
comment on column research.reported_series.period is '时期: 2025, 2025H1, 2025Q1, 2025-03';
comment on column research.reported_series.indicator is '指标: code of the narrative scheme';
comment on column research.reported_series.value is '值: the number said; rates in percent';
comment on column research.reported_series.unit is '单位: as written';
comment on column research.reported_series.is_approximate is '约数: said to be approximate';
comment on column research.reported_series.status is '状态: accepted or confirmed';
comment on column research.reported_series.confidence is '把握: share of facts read this way that were right';
comment on column research.reported_series.document is '文件: the report';
comment on column research.reported_series.quote is '原文: the words that say it';
comment on column research.reported_series.start_offset is '位置: offset of the quote in the text as extracted';
