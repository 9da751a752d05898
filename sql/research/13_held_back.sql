create view research.held_back as
select
    h.submission_id,
    h.township_code,
    h.period,
    h.sheet,
    h.excel_row,
    h.raw
from intake.held_back as h
inner join intake.submission as s on h.submission_id = s.submission_id
where s.received_at <= intake.as_of();
comment on view research.held_back is '暂存未入库行: rows kept out of the warehouse by a hard finding';
comment on column research.held_back.submission_id is '报送编号: the submission it stands in';
comment on column research.held_back.township_code is '行政区划代码: as in the submission';
comment on column research.held_back.period is '报送期: as in the submission';
comment on column research.held_back.sheet is '工作表: sheet code';
comment on column research.held_back.excel_row is '行号: row in the workbook, 0 on key-value sheets';
comment on column research.held_back.raw is '原文: field code to text as found, without personal fields';
