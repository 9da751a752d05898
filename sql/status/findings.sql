-- Hard findings and warnings of the given returns; the reader keeps what is personal to itself.
select
    f.submission_id,
    f.rule,
    f.severity,
    f.sheet,
    f.excel_row,
    f.field,
    f.observed,
    f.expected,
    f.message,
    f.row_key,
    f.is_personal
from intake.finding as f
where f.submission_id = any(:submissions) and f.severity <> 'info'
order by f.submission_id, f.finding_no
