-- The views read the tables as research_owner, whom row-level security binds to the caller's own township.
do $$
declare
    item record;
begin
    grant usage, create on schema research to research_owner;
    for item in
        select c.relname from pg_class as c
        where c.relnamespace = 'research'::regnamespace and c.relkind = 'v'
    loop
        execute format('alter view research.%I owner to research_owner', item.relname);
    end loop;
    revoke create on schema research from research_owner;
end;
$$;
grant usage on schema research to researcher, county, township;
grant select on all tables in schema research to researcher, county, township;
grant execute on all functions in schema research to researcher, county, township;
