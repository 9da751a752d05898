-- Alerts: what is wrong now, whose it is, since when; closed by the data themselves, never by forgetting.

create table if not exists duty.alert (
    alert_id bigint generated always as identity primary key,
    alert_key text not null,
    kind text not null,
    owner text not null,
    township_code text,
    period text,
    severity text not null check (severity in ('serious', 'notable', 'minor')),
    points double precision,
    title text not null,
    detail text not null default '',
    first_seen timestamp not null,
    last_seen timestamp not null,
    times_seen integer not null default 1,
    closed_at timestamp,
    taken_by text,
    taken_at timestamp,
    check (last_seen >= first_seen and closed_at >= first_seen)
);
create unique index if not exists alert_open on duty.alert (alert_key) where closed_at is null;
create index if not exists alert_seen on duty.alert (kind, first_seen);
comment on table duty.alert is '预警: one row per time a thing was wrong; what comes back is a new row';
comment on column duty.alert.alert_id is '编号: running number';
comment on column duty.alert.alert_key is '标识: kind and what it speaks of; one open row each';
comment on column duty.alert.kind is '类别: missing, returned, undecided, undelivered, dag_failed, disk_full, ...';
comment on column duty.alert.owner is '责任方: code of the township, county or operator';
comment on column duty.alert.township_code is '行政区划代码: the township it speaks of';
comment on column duty.alert.period is '报送期: the month it speaks of';
comment on column duty.alert.severity is '程度: serious, notable or minor, by what it does to the score';
comment on column duty.alert.points is '影响分值: points of the score that rest on what is missing, NULL where none do';
comment on column duty.alert.title is '标题: one line';
comment on column duty.alert.detail is '说明: what is wrong and what to do';
comment on column duty.alert.first_seen is '首次发现: local time';
comment on column duty.alert.last_seen is '最近发现: local time';
comment on column duty.alert.times_seen is '发现次数: how often it was found while open';
comment on column duty.alert.closed_at is '消除时间: when it was found mended, NULL while open';
comment on column duty.alert.taken_by is '处理人: who has taken it on';
comment on column duty.alert.taken_at is '接手时间: local time';

alter table duty.alert enable row level security;
drop policy if exists whole_county on duty.alert;
create policy whole_county on duty.alert for select to county using (true);
grant select on duty.alert to county;
