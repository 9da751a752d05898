-- What pg_temp.source holds (a row per counted row and input), gathered per return and sheet, with the letters of the
-- columns; on key-value sheets whole addresses.
with gathered as (
    select
        s.township_code,
        s.unit,
        s.input,
        s.submission_id,
        s.sheet,
        s.fields,
        array_agg(distinct s.excel_row order by s.excel_row) filter (where s.excel_row > 0) as excel_rows
    from pg_temp.source as s
    group by s.township_code, s.unit, s.input, s.submission_id, s.sheet, s.fields
)

select
    g.township_code,
    g.unit,
    g.input,
    g.submission_id,
    g.sheet,
    coalesce(l.places -> g.sheet ->> 'name', '') as sheet_name,
    coalesce(g.excel_rows, array[]::integer[]) as excel_rows,
    coalesce(p.columns, array[]::text[]) as columns
from gathered as g
left join intake.layout as l on g.submission_id = l.submission_id
left join lateral (
    select
        array_agg(
            intake.column_letter((q.place ->> 0)::integer)
            || case when g.excel_rows is null then q.place ->> 1 else '' end
            order by f.number
        ) filter (where q.place is not null) as columns
    from unnest(g.fields) with ordinality as f (field, number)
    cross join lateral (select l.places -> g.sheet -> 'fields' -> f.field as place) as q
) as p on true
order by g.township_code, g.unit, g.input, g.submission_id, g.sheet, columns
