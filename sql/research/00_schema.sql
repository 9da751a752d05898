-- The schema is made anew whenever one of its files changed: it holds views and functions only.
drop schema if exists research cascade;
create schema research;
comment on schema research is '研究: the views for researchers; start here';

-- select research.as_of('2025-05-01'): from now on the views of this session speak as of that moment;
-- select research.as_of(null): as of now again.
create function research.as_of(moment timestamp) returns text
language sql volatile
return set_config('taizhang.as_of', coalesce(moment::text, ''), false);
comment on function research.as_of(timestamp)
is '截至: views of this session show what had been received by the moment; NULL for now';
