-- The audit trail: every step of every run, each entry bound to the one before by its digest. Only ever added to.

create table if not exists run.audit (
    entry_no bigint primary key check (entry_no > 0),
    entry text not null,
    previous text not null,
    digest text not null unique,
    run_id bigint generated always as ((entry::jsonb ->> 'run')::bigint) stored,
    action text not null generated always as (entry::jsonb ->> 'action') stored,
    person text not null generated always as (entry::jsonb ->> 'person') stored,
    constraint digest_of_entry check (digest = encode(sha256(convert_to(previous || entry, 'UTF8')), 'hex')),
    constraint says_who_and_what check (person <> '' and action <> '' and (entry::jsonb ->> 'no')::bigint = entry_no)
);
create index if not exists audit_run on run.audit (run_id);
comment on table run.audit
is '审计链: who did what to a run, when and why; each entry carries the digest of the one before';
comment on column run.audit.entry_no is '序号: 1, 2, 3, ... without gaps';
comment on column run.audit.entry
is '记录: canonical JSON (no, at, person, account, action, run, content), the text that is digested';
comment on column run.audit.previous is '前一摘要: digest of the entry before, 64 zeros for the first';
comment on column run.audit.digest is '摘要: sha256 in hex of previous followed by entry';
comment on column run.audit.run_id is '运行编号: the run, NULL where none is meant';
comment on column run.audit.action is '动作: draft, self_check, public, objection, answer, approve, refuse, ...';
comment on column run.audit.person is '人员: who';

create or replace function run.guard_audit() returns trigger
language plpgsql as $$
declare
    last record;
begin
    perform pg_advisory_xact_lock(7310024);
    select a.entry_no, a.digest into last from run.audit as a order by a.entry_no desc limit 1;
    if new.entry_no <> coalesce(last.entry_no, 0) + 1 or new.previous <> coalesce(last.digest, repeat('0', 64)) then
        raise exception 'entry % of the audit trail does not follow entry %', new.entry_no, coalesce(last.entry_no, 0);
    end if;
    return new;
end;
$$;
comment on function run.guard_audit() is '审计链: an entry follows the last one';
create or replace trigger guard before insert on run.audit for each row execute function run.guard_audit();
create or replace trigger guard_gone before update or delete or truncate on run.audit
for each statement execute function run.refuse_change();

-- A decision names everybody who prepared the run, as the trail says; decided_by may be none of them.
-- Once decided, only the numbers and the date of the paper can be entered, each once.
create or replace function run.guard_approval() returns trigger
language plpgsql as $$
declare
    paper constant text[] := array['approval_number', 'document_number', 'issued_on'];
begin
    if tg_op = 'UPDATE' then
        if
            to_jsonb(new) - paper is distinct from to_jsonb(old) - paper
            or coalesce(old.approval_number, new.approval_number) is distinct from new.approval_number
            or coalesce(old.document_number, new.document_number) is distinct from new.document_number
            or coalesce(old.issued_on, new.issued_on) is distinct from new.issued_on
        then
            raise exception 'the decision on run % stands', old.run_id;
        end if;
        return new;
    end if;
    new.prepared_by := array(
        select distinct lower(a.person) as person from run.audit as a
        where a.run_id = new.run_id and a.action in ('draft', 'self_check', 'public', 'answer')
        order by person
    );
    if cardinality(new.prepared_by) = 0 then
        raise exception 'the audit trail does not say who prepared run %', new.run_id;
    end if;
    if new.decision = 'approved' and exists (
        select from run.objection as o where o.run_id = new.run_id and o.outcome is distinct from 'dismissed'
    ) then
        raise exception 'run % has objections that are open or upheld', new.run_id;
    end if;
    return new;
end;
$$;
comment on function run.guard_approval() is '经办与审批分离: fills prepared_by, keeps decisions as they are';
create or replace trigger guard before insert or update on run.approval
for each row execute function run.guard_approval();
create or replace trigger guard_gone before delete or truncate on run.approval
for each statement execute function run.refuse_change();

-- A run is approved or refused by a decision, never by a mere change of its stage, and frozen with an entry each.
create or replace function run.guard_decision() returns trigger
language plpgsql as $$
begin
    if new.stage in ('approved', 'refused') and not exists (
        select from run.approval as a where a.run_id = new.run_id and a.decision = new.stage
    ) then
        raise exception 'run % cannot become %: there is no such decision', new.run_id, new.stage;
    end if;
    return null;
end;
$$;
comment on function run.guard_decision() is '须有决定: a stage that needs a decision has one';
create or replace trigger guard_decision after update on run.run
for each row when (new.stage is distinct from old.stage) execute function run.guard_decision();

grant select on run.audit to county;
