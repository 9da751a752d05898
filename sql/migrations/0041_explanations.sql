-- What townships and the county say about warnings. A finding stays what it is; an explanation is a record beside it,
-- kept by rule, row and values, so that it is carried on while these stay the same and asked for anew when they change.

-- How a finding is known again in another return: rule, sheet, row, field and the values it rests on. The place of a
-- row is no value (S02 names another row, F07 a column). catalogue.explanations.finding_key says the same in Python.
create or replace function duty.finding_key(
    rule text, sheet text, row_key text, field text, observed text, expected text, message text
) returns text
language sql immutable parallel safe
return left(
    encode(
        sha256(
            convert_to(
                concat_ws(
                    E'\x1f',
                    coalesce(rule, ''), coalesce(sheet, ''), coalesce(row_key, ''), coalesce(field, ''),
                    coalesce(observed, ''),
                    case when rule in ('S02', 'F07') then '' else coalesce(expected, '') end,
                    case when row_key is null and field is null then coalesce(message, '') else '' end
                ),
                'UTF8'
            )
        ),
        'hex'
    ),
    12
);
comment on function duty.finding_key(text, text, text, text, text, text, text)
is '核对码: rule, row and values of a finding as twelve characters';

create table if not exists duty.explanation (
    explanation_id bigint generated always as identity primary key,
    township_code text not null,
    finding_key text not null,
    rule text not null,
    sheet text,
    row_key text,
    field text,
    message text not null,
    said text not null check (said <> ''),
    said_by text not null,
    said_at timestamp not null,
    submission_id bigint references intake.submission,
    state text not null default 'open' check (state in ('open', 'accepted', 'refused', 'replaced')),
    decided_by text,
    decided_at timestamp,
    decision text,
    check (state in ('open', 'replaced') or decided_by is not null)
);
create unique index if not exists explanation_current
on duty.explanation (township_code, finding_key) where state <> 'replaced';
create index if not exists explanation_entity on duty.explanation (township_code, rule, row_key);
comment on table duty.explanation is '说明: what was said about a warning; one in force per township and finding key';
comment on column duty.explanation.explanation_id is '编号: running number';
comment on column duty.explanation.township_code is '行政区划代码: the township';
comment on column duty.explanation.finding_key is '核对码: rule, row and values it speaks of';
comment on column duty.explanation.rule is '规则: id of the rule';
comment on column duty.explanation.sheet is '工作表: sheet code';
comment on column duty.explanation.row_key is '行标识: folded key of the row';
comment on column duty.explanation.field is '栏目: field code';
comment on column duty.explanation.message is '问题: the sentence it answers';
comment on column duty.explanation.said is '说明: the words';
comment on column duty.explanation.said_by is '说明人: workbook (the sheet 问题清单) or the person of the county';
comment on column duty.explanation.said_at is '说明时间: local time';
comment on column duty.explanation.submission_id is '报送编号: the return it came with, NULL when the county said it';
comment on column duty.explanation.state is '状态: open, accepted, refused or replaced by later words';
comment on column duty.explanation.decided_by is '核定人: who decided';
comment on column duty.explanation.decided_at is '核定时间: local time';
comment on column duty.explanation.decision is '核定意见: why';

alter table duty.explanation enable row level security;
drop policy if exists whole_county on duty.explanation;
create policy whole_county on duty.explanation for select to county using (true);

-- Warnings of returns in use beside what was said about them. `changed`: explained before, with other values.
create or replace view duty.warning as
select
    s.submission_id,
    s.township_code,
    s.form,
    s.period,
    f.finding_no,
    f.rule,
    f.sheet,
    f.excel_row,
    f.field,
    f.row_key,
    f.message,
    duty.finding_key(f.rule, f.sheet, f.row_key, f.field, f.observed, f.expected, f.message) as finding_key,
    e.explanation_id,
    e.said,
    case
        when e.explanation_id is not null then e.state
        when f.row_key is not null and exists (
            select from duty.explanation as o
            where
                o.township_code = s.township_code and o.rule = f.rule and o.row_key = f.row_key
                and o.sheet is not distinct from f.sheet and o.field is not distinct from f.field
        ) then 'changed'
        else 'unexplained'
    end as state
from intake.current_submission as s
inner join intake.finding as f on s.submission_id = f.submission_id and f.severity = 'warn'
left join duty.explanation as e
    on
        s.township_code = e.township_code
        and e.finding_key
        = duty.finding_key(f.rule, f.sheet, f.row_key, f.field, f.observed, f.expected, f.message)
        and e.state <> 'replaced';
comment on view duty.warning is '请核实的问题与说明: warnings of returns in use, with the state of their explanation';
comment on column duty.warning.submission_id is '报送编号: the return';
comment on column duty.warning.township_code is '行政区划代码: the township';
comment on column duty.warning.form is '表单: monthly';
comment on column duty.warning.period is '报送期: YYYY-MM';
comment on column duty.warning.finding_no is '序号: of the finding within the return';
comment on column duty.warning.rule is '规则: id of the rule';
comment on column duty.warning.sheet is '工作表: sheet code';
comment on column duty.warning.excel_row is '行号: row in the workbook';
comment on column duty.warning.field is '栏目: field code';
comment on column duty.warning.row_key is '行标识: folded key of the row';
comment on column duty.warning.message is '问题: sentence for the clerk';
comment on column duty.warning.finding_key is '核对码: rule, row and values';
comment on column duty.warning.explanation_id is '说明编号: the explanation in force, NULL when there is none';
comment on column duty.warning.said is '说明: its words';
comment on column duty.warning.state
is '状态: unexplained, changed (explained with other values), open, accepted or refused';

-- What becomes of each rule's warnings, counted by matter: explained and accepted, mended, or left standing.
create or replace view duty.rule_outcome as
with matter as (
    select distinct
        s.township_code,
        f.rule,
        duty.finding_key(f.rule, f.sheet, f.row_key, f.field, f.observed, f.expected, f.message) as finding_key
    from intake.finding as f
    inner join intake.submission as s on f.submission_id = s.submission_id
    where f.severity = 'warn' and s.township_code is not null
),

standing as (
    select distinct
        w.township_code,
        w.finding_key
    from duty.warning as w
)

select
    m.rule,
    count(*) as matters,
    count(distinct m.township_code) as townships,
    count(e.explanation_id) as explained,
    count(*) filter (where e.state = 'accepted') as accepted,
    count(*) filter (where e.state = 'refused') as refused,
    count(*) filter (where s.finding_key is null) as mended,
    count(*) filter (where e.state = 'accepted')::numeric / count(*) as accepted_share,
    count(*) >= 10 and count(distinct m.township_code) >= 3
    and count(*) filter (where e.state = 'accepted') >= 0.9 * count(*) as is_candidate
from matter as m
left join duty.explanation as e
    on m.township_code = e.township_code and m.finding_key = e.finding_key and e.state <> 'replaced'
left join standing as s on m.township_code = s.township_code and m.finding_key = s.finding_key
group by m.rule;
comment on view duty.rule_outcome is '规则成效: what becomes of the warnings of each rule; who retires rules starts here';
comment on column duty.rule_outcome.rule is '规则: id of the rule';
comment on column duty.rule_outcome.matters is '事项数: different warnings, the same one in several returns counted once';
comment on column duty.rule_outcome.townships is '乡镇数: townships with such a warning';
comment on column duty.rule_outcome.explained is '已说明: with an explanation in force';
comment on column duty.rule_outcome.accepted is '已认可: explanation accepted by the county';
comment on column duty.rule_outcome.refused is '未认可: explanation refused by the county';
comment on column duty.rule_outcome.mended is '已改正: no longer in a return in use';
comment on column duty.rule_outcome.accepted_share is '认可占比: accepted / matters, 0..1';
comment on column duty.rule_outcome.is_candidate
is '可考虑停用: ten matters or more of three townships or more, nine of ten explained and accepted';

grant select on duty.explanation, duty.warning, duty.rule_outcome to county;
