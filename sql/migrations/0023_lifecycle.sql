-- From draft to published: the stages of a run, objections, approvals, publications. A frozen run never changes.
--
--   draft ─► self_check ─► public ─► approved ─► published ─► superseded        (before approved also: refused)
--
-- From self_check on (the townships have seen it) a run is frozen: no row of it in schemas run and restricted can be
-- added, changed or deleted. A correction is a new run. run.run.status keeps the four words of the contract.

alter table run.run add column if not exists stage text not null default 'draft';
alter table run.run add column if not exists self_check_until date;
alter table run.run add column if not exists objections_until date;
alter table run.run add column if not exists superseded_by bigint references run.run;
alter table run.run drop constraint if exists run_stage;
alter table run.run add constraint run_stage
check (stage in ('draft', 'self_check', 'public', 'approved', 'published', 'superseded', 'refused'));
alter table run.run drop constraint if exists run_stage_status;
alter table run.run add constraint run_stage_status check (
    status = case when stage in ('approved', 'published', 'superseded') then stage else 'draft' end
);
comment on column run.run.status
is '状态: draft, approved, published or superseded; follows stage, where self_check, public and refused count as draft';
comment on column run.run.stage
is '阶段: draft, self_check, public (公示), approved, published, superseded or refused';
comment on column run.run.self_check_until is '自查截止: last day of the townships'' self-check';
comment on column run.run.objections_until is '公示截止: last day on which objections are taken';
comment on column run.run.superseded_by is '被取代: the run that took its place';

create or replace function run.may_follow(former text, next text) returns boolean
language sql immutable parallel safe strict
return (former, next) in (
    ('draft', 'self_check'), ('draft', 'superseded'), ('draft', 'refused'),
    ('self_check', 'public'), ('self_check', 'superseded'), ('self_check', 'refused'),
    ('public', 'approved'), ('public', 'superseded'), ('public', 'refused'),
    ('approved', 'published'), ('approved', 'superseded'),
    ('published', 'superseded')
);
comment on function run.may_follow(text, text) is '阶段顺序: whether a run may go from the one stage to the other';

-- run.run: stages only forward and in order, status follows, nothing else changes once frozen, nothing frozen goes.
create or replace function run.guard_run() returns trigger
language plpgsql as $$
declare
    movable constant text[] := array['stage', 'status', 'self_check_until', 'objections_until', 'superseded_by'];
begin
    if tg_op = 'DELETE' then
        if old.stage <> 'draft' then
            raise exception 'run % is frozen (%): it cannot be deleted', old.run_id, old.stage;
        end if;
        return old;
    end if;
    if tg_op = 'INSERT' and new.stage <> 'draft' then
        raise exception 'a run begins as draft, not as %', new.stage;
    end if;
    if tg_op = 'UPDATE' then
        if new.stage <> old.stage and not run.may_follow(old.stage, new.stage) then
            raise exception 'run % cannot go from % to %', old.run_id, old.stage, new.stage;
        end if;
        if old.stage <> 'draft' and to_jsonb(new) - movable is distinct from to_jsonb(old) - movable then
            raise exception 'run % is frozen (%): a correction is a new run', old.run_id, old.stage;
        end if;
        if old.objections_until is not null and new.objections_until is distinct from old.objections_until then
            raise exception 'run %: the objection period has been announced and stands', old.run_id;
        end if;
    end if;
    new.status := case when new.stage in ('approved', 'published', 'superseded') then new.stage else 'draft' end;
    return new;
end;
$$;
comment on function run.guard_run() is '冻结: keeps stages in order and frozen runs as they are';

create or replace trigger guard before insert or update or delete on run.run
for each row execute function run.guard_run();

-- What a run holds: rows of a frozen run cannot be added, changed or deleted. `touched` are the rows before or after.
create or replace function run.guard_content() returns trigger
language plpgsql as $$
declare
    frozen bigint;
begin
    select r.run_id into frozen from run.run as r
    where r.stage <> 'draft' and r.run_id in (select t.run_id from touched as t) limit 1;
    if frozen is not null then
        raise exception 'run % is frozen: its rows in %.% cannot be changed, a correction is a new run',
            frozen, tg_table_schema, tg_table_name;
    end if;
    return null;
end;
$$;
comment on function run.guard_content() is '冻结: refuses changes to rows of a frozen run';

create or replace function run.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% of %.% is refused: rows are only ever added', tg_op, tg_table_schema, tg_table_name;
end;
$$;
comment on function run.refuse_change() is '只增不改: refuses the statement';

do $$
declare
    content text;
begin
    for content in
        select c.oid::regclass::text
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attname = 'run_id' and not a.attisdropped
        where
            c.relnamespace::regnamespace::text in ('run', 'restricted') and c.relkind = 'r'
            and c.relname not in ('run', 'objection', 'approval', 'change', 'publication', 'published_file', 'audit')
    loop
        execute format('create or replace trigger guard_added after insert on %s referencing new table as touched '
            'for each statement execute function run.guard_content()', content);
        execute format('create or replace trigger guard_before after update on %s referencing old table as touched '
            'for each statement execute function run.guard_content()', content);
        execute format('create or replace trigger guard_after after update on %s referencing new table as touched '
            'for each statement execute function run.guard_content()', content);
        execute format('create or replace trigger guard_gone after delete on %s referencing old table as touched '
            'for each statement execute function run.guard_content()', content);
        execute format('create or replace trigger guard_all before truncate on %s '
            'for each statement execute function run.refuse_change()', content);
    end loop;
end;
$$;

create table if not exists run.objection (
    objection_id bigint generated always as identity primary key,
    run_id bigint not null references run.run,
    township_code text not null,
    item text,
    stage text not null check (stage in ('self_check', 'public')),
    lodged_by text not null check (lodged_by <> ''),
    lodged_at timestamptz not null default now(),
    told text not null check (told <> ''),
    outcome text check (outcome in ('upheld', 'dismissed')),
    answer text check (answer <> ''),
    answered_by text check (answered_by <> ''),
    answered_at timestamptz,
    constraint answered_whole check (num_nulls(outcome, answer, answered_by, answered_at) in (0, 4))
);
create index if not exists objection_run on run.objection (run_id);
comment on table run.objection is '异议: what a township contests in a run, and the answer; bound to that run';
comment on column run.objection.objection_id is '异议编号: running number';
comment on column run.objection.run_id is '运行编号: the run contested, with the data it rests on';
comment on column run.objection.township_code is '行政区划代码: the township that objects';
comment on column run.objection.item is '考评项目: the item contested, NULL for the whole';
comment on column run.objection.stage is '阶段: self_check or public, when it was lodged';
comment on column run.objection.lodged_by is '提出人: person or office';
comment on column run.objection.lodged_at is '提出时间: when it was entered';
comment on column run.objection.told is '内容: what is contested and why';
comment on column run.objection.outcome is '处理结果: upheld or dismissed, NULL while open';
comment on column run.objection.answer is '答复: what the township is told';
comment on column run.objection.answered_by is '答复人: who answered';
comment on column run.objection.answered_at is '答复时间: when';

-- An objection is lodged while its run is open to objections, and answered once; neither can be changed.
create or replace function run.guard_objection() returns trigger
language plpgsql as $$
declare
    contested record;
    answering constant text[] := array['outcome', 'answer', 'answered_by', 'answered_at'];
begin
    if tg_op = 'INSERT' then
        select r.stage into contested from run.run as r where r.run_id = new.run_id for share;
        if contested.stage is distinct from new.stage then
            raise exception 'run % is not open to objections of stage % (it is %)', new.run_id, new.stage, contested.stage;
        end if;
        return new;
    end if;
    if old.outcome is not null or to_jsonb(new) - answering is distinct from to_jsonb(old) - answering then
        raise exception 'objection % stands as it was lodged and answered', old.objection_id;
    end if;
    return new;
end;
$$;
comment on function run.guard_objection() is '异议不改: objections are lodged in time and answered once';
create or replace trigger guard before insert or update on run.objection
for each row execute function run.guard_objection();
create or replace trigger guard_gone before delete or truncate on run.objection
for each statement execute function run.refuse_change();

create table if not exists run.approval (
    run_id bigint primary key references run.run,
    decision text not null check (decision in ('approved', 'refused')),
    prepared_by text[] not null,
    decided_by text not null check (decided_by <> ''),
    decided_at timestamptz not null,
    decided_on date not null,
    reason text not null,
    approval_number text check (approval_number <> ''),
    document_number text check (document_number <> ''),
    issued_on date,
    constraint refusal_with_reason check (decision = 'approved' or reason <> ''),
    constraint not_by_who_prepared check (lower(decided_by) <> all(prepared_by))
);
comment on table run.approval is '审批: the decision on a run; nobody decides on what he prepared';
comment on column run.approval.run_id is '运行编号: the run';
comment on column run.approval.decision is '决定: approved or refused';
comment on column run.approval.prepared_by is '经办人: everybody who prepared the run, from the audit trail';
comment on column run.approval.decided_by is '审批人: who decided';
comment on column run.approval.decided_at is '审批时间: when';
comment on column run.approval.decided_on is '审批日期: the day in the county''s time zone';
comment on column run.approval.reason is '理由: why; a refusal needs one';
comment on column run.approval.approval_number
is '批准文号: of the commendation; before it is entered nothing is called a commendation (表彰)';
comment on column run.approval.document_number is '发文字号: number of the bulletin';
comment on column run.approval.issued_on is '成文日期: date on the bulletin';

create table if not exists run.change (
    run_id bigint not null references run.approval,
    unit text not null,
    township_code text not null,
    recommended boolean not null,
    reason text not null check (reason <> ''),
    primary key (run_id, unit)
);
comment on table run.change is '推荐调整: recommendations changed by whoever approved; the run keeps what it computed';
comment on column run.change.run_id is '运行编号: the run';
comment on column run.change.unit is '单位: code of the unit ranked; of a township its 行政区划代码';
comment on column run.change.township_code is '行政区划代码: the township the unit belongs to';
comment on column run.change.recommended is '是否推荐: after the change';
comment on column run.change.reason is '理由: why';
create or replace trigger guard_gone before update or delete or truncate on run.change
for each statement execute function run.refuse_change();

create table if not exists run.publication (
    run_id bigint not null references run.run,
    edition integer not null check (edition > 0),
    kind text not null check (kind in ('draft', 'final')),
    published_at timestamptz not null default now(),
    published_by text not null,
    approval text,
    primary key (run_id, edition),
    constraint final_with_approval check ((kind = 'final') = (approval is not null))
);
comment on table run.publication is '发布: every time files of a run were given out';
comment on column run.publication.run_id is '运行编号: the run';
comment on column run.publication.edition is '版次: running number within the run';
comment on column run.publication.kind is '类别: draft (公示稿) or final (正式通报)';
comment on column run.publication.published_at is '发布时间: when';
comment on column run.publication.published_by is '发布人: who';
comment on column run.publication.approval is '审批文书: canonical JSON that, with the run document, makes the files';
create or replace trigger guard_gone before update or delete or truncate on run.publication
for each statement execute function run.refuse_change();

create table if not exists run.published_file (
    run_id bigint not null,
    edition integer not null,
    file_name text not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    primary key (run_id, edition, file_name),
    foreign key (run_id, edition) references run.publication
);
comment on table run.published_file is '发布文件: the files of a publication and their digests';
comment on column run.published_file.run_id is '运行编号: the run';
comment on column run.published_file.edition is '版次: of the publication';
comment on column run.published_file.file_name is '文件: path inside the folder of published runs';
comment on column run.published_file.sha256 is '摘要: sha256 of the bytes';
create or replace trigger guard_gone before update or delete or truncate on run.published_file
for each statement execute function run.refuse_change();

do $$
declare
    item text;
begin
    foreach item in array array['run.objection', 'run.change'] loop
        execute format('alter table %s enable row level security', item);
        execute format('drop policy if exists own_township on %s', item);
        execute format('drop policy if exists whole_county on %s', item);
        execute format(
            'create policy own_township on %s for select to research_owner using ('
            '(select registry.own_township()) is null or township_code = (select registry.own_township()))', item);
        execute format('create policy whole_county on %s for select to county using (true)', item);
    end loop;
end;
$$;
-- changes at other levels can name a deputy by number: researchers see those of townships only
drop policy if exists townships_only on run.change;
create policy townships_only on run.change as restrictive for select to research_owner using (unit = township_code);
grant select on run.objection, run.approval, run.change, run.publication, run.published_file to county;
grant select on run.objection, run.approval, run.change, run.publication to research_owner;
