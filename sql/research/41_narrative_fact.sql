create view research.narrative_fact as
select
    f.township_code,
    f.document,
    f.indicator,
    f.value,
    f.unit,
    f.is_approximate,
    f.period_text,
    f.quote,
    f.start_offset,
    f.end_offset,
    f.report_id,
    f.period,
    f.scope,
    f.confidence,
    f.status,
    f.source,
    c.outcome,
    c.returned
from narrative.current_fact as f
left join narrative.comparison as c on f.fact_id = c.fact_id;
comment on view research.narrative_fact is '文字材料数据: one row per fact found in the newest version of a narrative report';
comment on column research.narrative_fact.township_code is '行政区划代码: township of the report, NULL when unclear';
comment on column research.narrative_fact.document is '文件: the report, path inside the inbox';
comment on column research.narrative_fact.indicator is '指标: code of the narrative scheme';
comment on column research.narrative_fact.value is '值: the number said; rates in percent';
comment on column research.narrative_fact.unit is '单位: as written';
comment on column research.narrative_fact.is_approximate is '约数: said to be approximate';
comment on column research.narrative_fact.period_text is '时间表述: the period as written';
comment on column research.narrative_fact.quote is '原文: the words that say it';
comment on column research.narrative_fact.start_offset is '位置: offset of the quote in the text as extracted';
comment on column research.narrative_fact.end_offset is '末位置: offset behind the quote';
comment on column research.narrative_fact.report_id is '报告编号: as in research.report';
comment on column research.narrative_fact.period is '时期: of the report: 2025, 2025H1, 2025Q1, 2025-03';
comment on column research.narrative_fact.scope is '范围: total, or part of a total stated as well';
comment on column research.narrative_fact.confidence is '把握: share of facts read this way that were right';
comment on column research.narrative_fact.status
is '状态: accepted, confirmed or rejected (by a person), doubtful (waits for a person), not_counted';
comment on column research.narrative_fact.source is '来源: inbox, or backfill (a folder of old reports)';
comment on column research.narrative_fact.outcome
is '核对: agrees, differs or open against the returns; NULL when the returns hold nothing of the kind';
comment on column research.narrative_fact.returned is '报表数: what the returns of the same time say';
