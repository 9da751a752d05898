-- The entry is added, unless it says what the newest entry of the same figure says already.
insert into restricted.panel_entry (level, township_code, unit, period, input, value, evidence, entered_by)
select
    :level as level,
    :township_code as township_code,
    :unit as unit,
    :period as period,
    :input as input,
    cast(:value as double precision) as value,
    :evidence as evidence,
    :person as entered_by
where
    not exists (
        select 1
        from (
            select distinct on (e.input)
                e.value,
                e.evidence
            from restricted.panel_entry as e
            where
                e.level = :level
                and e.township_code = :township_code
                and e.unit = :unit
                and e.period = :period
                and e.input = :input
            order by e.input asc, e.entry_id desc
        ) as n
        where n.value is not distinct from cast(:value as double precision) and n.evidence = :evidence
    )
returning entry_id
