-- Roles and row-level security.
--   county      reads everything, personal fields included
--   researcher  reads schema research only: no personal columns
--   township    reads schema research, rows of its own township only. The code stands in the login's name, which its
--               holder cannot change: create role township_431230102 login password '...' in role township;
-- The views of schemas research, event and intake belong to research_owner; row-level security on the tables binds
-- research_owner to the township of whoever runs the query. Who owns the tables (and loads them) is not bound, nor is
-- county.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['county', 'researcher', 'township', 'research_owner'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception when duplicate_object or unique_violation then
            null;  -- made by another database of this server at the same moment
        end;
    end loop;
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant research_owner to %I with inherit true, set true', current_user);
    end if;
end;
$$;

-- The code of the township the caller is bound to; '' for a township role without a code; NULL for everybody else.
create or replace function registry.own_township() returns text
language sql stable parallel safe
return (
    select
        case
            when r.rolname ~ '^township_\d+$' then substring(r.rolname from '\d+$')
            when not r.rolsuper and pg_has_role(r.oid, 'township', 'usage') then ''
        end
    from pg_roles as r
    where r.rolname = current_user
);
comment on function registry.own_township() is '本乡镇: the township the caller is bound to, NULL when to none';

-- Stored values speak of now: true when no other moment is set, an error otherwise.
create or replace function mart.refuse_as_of() returns boolean
language plpgsql stable parallel safe as $$
begin
    if coalesce(current_setting('taizhang.as_of', true), '') <> '' then
        raise exception 'indicator values are stored as of now, but taizhang.as_of is set'
            using hint = 'select research.as_of(null), or ask the platform for the period''s values as of that moment';
    end if;
    return true;
end;
$$;
comment on function mart.refuse_as_of() is '截至时刻检查: true when no past moment is set, an error otherwise';

grant usage on schema registry, intake, event, restricted, mart, run, narrative to county;
grant select on all tables in schema registry, intake, event, restricted, mart, run, narrative to county;
grant usage on schema registry, intake, event, mart, run, narrative to research_owner;
grant select on all tables in schema registry, intake, event, mart, run, narrative to research_owner;
alter default privileges in schema registry, intake, event, restricted, mart, run, narrative
grant select on tables to county;

do $$
declare
    item record;
begin
    for item in
        select c.oid::regclass as name
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attname = 'township_code'
        where
            c.relkind = 'r'
            and c.relnamespace::regnamespace::text in ('intake', 'event', 'mart', 'run', 'narrative')
    loop
        execute format('alter table %s enable row level security', item.name);
        execute format('drop policy if exists own_township on %s', item.name);
        execute format('drop policy if exists whole_county on %s', item.name);
        execute format(
            'create policy own_township on %s for select to research_owner using ('
            '(select registry.own_township()) is null or township_code = (select registry.own_township()))',
            item.name
        );
        execute format('create policy whole_county on %s for select to county using (true)', item.name);
    end loop;
end;
$$;

do $$
declare
    item record;
begin
    grant usage, create on schema event, intake to research_owner;
    for item in
        select c.oid::regclass as name
        from pg_class as c
        where c.relkind = 'v' and c.relnamespace::regnamespace::text in ('event', 'intake')
    loop
        execute format('alter view %s owner to research_owner', item.name);
    end loop;
    revoke create on schema event, intake from research_owner;
end;
$$;
