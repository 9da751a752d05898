-- What a loaded return still awaits. Written by the load itself: an interruption between the steps loses none of them.

drop table if exists intake.watermark;

create table if not exists intake.awaiting (
    submission_id bigint not null references intake.submission,
    step text not null check (step in ('county_rules', 'return')),
    primary key (submission_id, step)
);
comment on table intake.awaiting is '待办: steps still to be done for a loaded return; empty when all is done';
comment on column intake.awaiting.submission_id is '报送编号: the return';
comment on column intake.awaiting.step
is '步骤: county_rules (rules across townships) or return (annotated workbook into the outbox)';
