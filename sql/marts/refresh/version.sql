-- Event rows of one sheet that the touched months list in any version, and the rows of the same keys in use in other
-- months: what they count and the days they are counted on.
with reported as materialized (
    select d.*
    from pg_temp.moved_return as m
    inner join intake.submission as s on m.township_code = s.township_code and m.period = s.period
    inner join event.dated_row as d on s.submission_id = d.submission_id
    where d.sheet = :sheet
),

elsewhere as (
    select d.*
    from (
        select distinct
            r.township_code,
            r.row_key
        from reported as r
    ) as k
    inner join event.dated_row as d on k.township_code = d.township_code and k.row_key = d.row_key
    where
        d.sheet = :sheet
        and not exists (
            select 1 from pg_temp.moved_return as m
            where m.township_code = d.township_code and m.period = d.period
        )
        and d.submission_id in (select c.submission_id from intake.current_submission as c)
),

version as (
    select
        r.*,
        false as stands_elsewhere
    from reported as r
    union all
    select
        e.*,
        true as stands_elsewhere
    from elsewhere as e
)

insert into pg_temp.version (township_code, sheet, row_key, dates, measure, stands_elsewhere)
select
    v.township_code,
    v.sheet,
    v.row_key,
    v.dates || (v.assigned_date + make_interval(months => p.value::integer))::date,
    v.measure,
    v.stands_elsewhere
from version as v
left join registry.parameter as p
    on
        p.parameter = case when v.is_extended then 'reply_months_extended' else 'reply_months' end
        and v.assigned_date between p.valid_from and coalesce(p.valid_to, 'infinity'::date)
