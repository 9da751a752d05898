-- Every finding of the given submissions, in the order they are shown.
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
    f.row_key
from intake.finding as f
where f.submission_id = any(:submissions)
order by f.submission_id, f.finding_no
