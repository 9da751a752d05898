-- P04: deputies in office, groups or liaison stations change by more than a tenth from the month before.
select
    t.return_no,
    'profile' as sheet,
    null::integer as excel_row,
    f.field,
    null as row_key,
    null as label,
    f.now::text as observed,
    f.before::text as expected,
    case when f.now is null or f.before is null then 'open' else 'failed' end as outcome
from pg_temp.staged_profile as t
cross join
    lateral (
        select e.deputy_in_office, e.deputy_group_count, e.liaison_station_count
        from pg_temp.seen as v
        inner join event.profile as e on v.submission_id = e.submission_id
        where v.return_no = t.return_no
        order by v.period desc
        limit 1
    ) as b
cross join
    lateral (
        values
        ('deputy_in_office', t.deputy_in_office, b.deputy_in_office),
        ('deputy_group_count', t.deputy_group_count, b.deputy_group_count),
        ('liaison_station_count', t.liaison_station_count, b.liaison_station_count)
    ) as f (field, now, before)
where f.now is null or f.before is null or abs(f.now - f.before) * 10 > f.before
