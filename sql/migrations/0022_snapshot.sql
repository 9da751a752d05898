-- A run rests on the submissions up to a number: with taizhang.newest_submission set, views of current rows show the
-- warehouse as it was after that load, so that a run can be derived again from the same returns.

create or replace function intake.newest_submission() returns bigint
language sql stable parallel safe
return coalesce(nullif(current_setting('taizhang.newest_submission', true), '')::bigint, 9223372036854775807);
comment on function intake.newest_submission() is '数据快照: submissions registered later are not seen';

create or replace view intake.current_submission as
select s.*
from intake.submission as s
where
    s.township_code is not null
    and s.period is not null
    and s.status <> 'rejected'
    and s.received_at <= intake.as_of()
    and s.submission_id <= intake.newest_submission()
    and not exists (
        select 1
        from intake.submission as newer
        where
            newer.township_code = s.township_code
            and newer.form = s.form
            and newer.period = s.period
            and newer.status <> 'rejected'
            and newer.received_at <= intake.as_of()
            and newer.submission_id <= intake.newest_submission()
            and (newer.received_at, newer.submission_id) > (s.received_at, s.submission_id)
    );

-- 1 is A, 27 is AA, 703 is AAA.
create or replace function intake.column_letter(place integer) returns text
language sql immutable parallel safe strict
return case
    when place > 702 then chr(64 + (place - 703) / 676 + 1) else ''
end || case
    when place > 26 then chr(65 + ((place - 27) / 26) % 26) else ''
end || chr(65 + (place - 1) % 26);
comment on function intake.column_letter(integer) is '列号: letters of a column, 1 is A';
