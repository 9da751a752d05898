-- Every version that came for the months from first to last; is_newest: what the township has to mend or explain now.
-- An empty return is listed and is nobody's newest. Rows are counted without the cover.
with counted as (
    select
        r.submission_id,
        sum(r.loaded) as loaded,
        sum(r.held_back) as held_back
    from intake.row_count as r
    where r.sheet <> 'cover'
    group by r.submission_id
)

select
    v.submission_id,
    v.township_code,
    v.period,
    v.version,
    v.status,
    v.is_current,
    v.received_at,
    v.days_late,
    v.file_name,
    v.hard_findings,
    v.warnings,
    s.infos,
    coalesce(c.loaded, 0) as loaded,
    coalesce(c.held_back, 0) as held_back,
    e.submission_id is not null as is_empty,
    e.submission_id is null and row_number() over (
        partition by v.township_code, v.form, v.period, e.submission_id is null order by v.version desc
    ) = 1 as is_newest
from research.submission as v
inner join intake.submission as s on v.submission_id = s.submission_id
left join intake.empty_return as e on v.submission_id = e.submission_id
left join counted as c on v.submission_id = c.submission_id
where v.form = 'monthly' and v.version is not null and v.period between :first and :last
order by v.period desc, v.township_code asc, v.version desc
