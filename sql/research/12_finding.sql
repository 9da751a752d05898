-- What was found in a personal field stays out, and so does the sentence that may quote it.
create view research.finding as
select
    f.submission_id,
    v.township_code,
    v.period,
    f.rule,
    f.severity,
    f.sheet,
    f.excel_row,
    f.field,
    case when not f.is_personal then f.observed end as observed,
    case when not f.is_personal then f.expected end as expected,
    case when f.is_personal then '个人信息栏目，内容不在此显示' else f.message end as message,
    v.file_name
from intake.finding as f
inner join intake.submission as v on f.submission_id = v.submission_id
where v.received_at <= intake.as_of()
union all
select
    null::bigint as submission_id,
    n.township_code,
    n.period,
    n.rule,
    n.severity,
    null as sheet,
    null::integer as excel_row,
    null as field,
    n.observed,
    n.expected,
    n.message,
    d.file_name
from narrative.finding as n
inner join narrative.document as d on n.document_id = d.document_id
where d.received_at <= intake.as_of();
comment on view research.finding is '问题: one row per finding, of returns and of narrative reports';
comment on column research.finding.submission_id is '报送编号: the submission it speaks of; NULL for a narrative report';
comment on column research.finding.township_code is '行政区划代码: as in the submission or report';
comment on column research.finding.period is '报送期: as in the submission; of a report also 2025Q1, 2025H1, 2025';
comment on column research.finding.rule is '规则: id of the rule';
comment on column research.finding.severity is '程度: hard, warn or info';
comment on column research.finding.sheet is '工作表: sheet code, NULL when it speaks of the file';
comment on column research.finding.excel_row is '行号: row in the workbook, NULL when it speaks of no row';
comment on column research.finding.field is '栏目: field code, NULL when it speaks of a row or more';
comment on column research.finding.observed is '填报值: what was found; NULL for personal fields';
comment on column research.finding.expected is '应为: what was expected; NULL for personal fields';
comment on column research.finding.message is '说明: sentence for the clerk; a fixed sentence for personal fields';
comment on column research.finding.file_name is '文件名: path inside the inbox';
