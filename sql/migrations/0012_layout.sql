-- Where every field stands in every workbook, so that a value leads back to its cell without opening the file.

create table if not exists intake.layout (
    submission_id bigint primary key references intake.submission,
    places jsonb not null
);
comment on table intake.layout is '版面: sheet code -> name of the sheet in the file and place of every field';
comment on column intake.layout.submission_id is '报送编号: the workbook it describes';
comment on column intake.layout.places
is '位置: {sheet: {"name": sheet name, "fields": {field: [column, row]}}}, both 1-based; row of the header or the value';
