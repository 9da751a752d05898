-- The data-quality summary of every collection, as it was told.

create table if not exists intake.quality_summary (
    summary_id bigint generated always as identity primary key,
    made_at timestamptz not null default now(),
    subject text not null,
    told text not null,
    content jsonb not null
);
comment on table intake.quality_summary is '数据质量汇总: what every collection brought, by rule and township';
comment on column intake.quality_summary.summary_id is '编号: running number';
comment on column intake.quality_summary.made_at is '时间: when it was made';
comment on column intake.quality_summary.subject is '标题: one line';
comment on column intake.quality_summary.told is '正文: the text in Chinese';
comment on column intake.quality_summary.content is '内容: counts by rule, by township, and what could not be judged';
