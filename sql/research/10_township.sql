create view research.township as
select
    t.township_code,
    t.name,
    t.kind,
    t.valid_from,
    t.valid_to,
    t.successor_code
from registry.township as t;
comment on view research.township is '乡镇名录: one row per township and validity interval';
comment on column research.township.township_code is '行政区划代码: nine digits';
comment on column research.township.name is '乡镇名称: official name within the interval';
comment on column research.township.kind is '类别: 乡, 镇, 街道, ...';
comment on column research.township.valid_from is '生效日: first day of the interval';
comment on column research.township.valid_to is '失效日: last day of the interval, NULL while it stands';
comment on column research.township.successor_code is '承继代码: the township it was merged into';
