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
    f.start_offset
from narrative.fact as f;
comment on view research.narrative_fact is '文字材料数据: one row per fact found in a narrative report';
comment on column research.narrative_fact.township_code is '行政区划代码: township of the report';
comment on column research.narrative_fact.document is '文件: the report';
comment on column research.narrative_fact.indicator is '指标: code of the indicator';
comment on column research.narrative_fact.value is '值: the number said';
comment on column research.narrative_fact.unit is '单位: as written';
comment on column research.narrative_fact.is_approximate is '约数: said to be approximate';
comment on column research.narrative_fact.period_text is '时间表述: the period as written';
comment on column research.narrative_fact.quote is '原文: the sentence that says it';
comment on column research.narrative_fact.start_offset is '位置: character offset of the quote';
