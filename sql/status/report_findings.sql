-- Findings of narrative reports, by the file they speak of.
select
    f.file_name,
    f.rule,
    f.severity,
    f.message
from research.finding as f
where f.submission_id is null and f.file_name = any(:files)
order by f.file_name, f.rule, f.message
