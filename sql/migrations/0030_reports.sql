-- Narrative reports: what was received, what was read in it, what it was held against, what people decided.

create table if not exists narrative.document (
    document_id bigint generated always as identity primary key,
    sha256 text not null unique,
    file_name text not null,
    received_at timestamp not null,
    registered_at timestamptz not null default now(),
    source text not null check (source in ('inbox', 'backfill')),
    kind text not null,
    problem text,
    text_sha256 text,
    characters integer not null
);
comment on table narrative.document
is '文字材料: one row per received file that is no workbook; the same bytes are one document';
comment on column narrative.document.document_id is '材料编号: identity of the document';
comment on column narrative.document.sha256 is '文件摘要: sha256 of the bytes, the name in the archive';
comment on column narrative.document.file_name is '文件名: path inside the inbox on first arrival';
comment on column narrative.document.received_at is '收到时间: local time of the first arrival of these bytes';
comment on column narrative.document.registered_at is '登记时间: when the warehouse stored it';
comment on column narrative.document.source is '来源: inbox, or backfill (a folder of old reports)';
comment on column narrative.document.kind
is '格式: how its text was read (zip, pdf, html, text, office); empty when it was not';
comment on column narrative.document.problem is '问题: why it could not be read, NULL when it could';
comment on column narrative.document.text_sha256
is '正文摘要: sha256 of the text as extracted, which stands in the archive beside the file; offsets refer to it';
comment on column narrative.document.characters is '字数: length of the text as extracted';

create table if not exists narrative.report (
    report_id bigint generated always as identity primary key,
    document_id bigint not null references narrative.document on delete cascade,
    report_no integer not null,
    start_offset integer not null,
    end_offset integer not null,
    title text not null,
    title_key text not null,
    place text,
    township_code text,
    period text,
    first_month text check (first_month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    last_month text check (last_month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    years integer not null,
    kind text not null,
    status text not null check (status in ('counted', 'plan', 'not_counted')),
    notes text[] not null default '{}',
    unique (document_id, report_no)
);
create index if not exists report_township on narrative.report (township_code, period);
comment on table narrative.report is '报告: one row per report; a file may hold several';
comment on column narrative.report.report_id is '报告编号: identity of the report';
comment on column narrative.report.document_id is '材料编号: the document it stands in';
comment on column narrative.report.report_no is '序号: place within the document, from 1';
comment on column narrative.report.start_offset is '起: offset of its first character in the text';
comment on column narrative.report.end_offset is '止: offset behind its last character';
comment on column narrative.report.title is '题目: as written, empty when it has none';
comment on column narrative.report.title_key is '题目归一: what versions of one report have in common';
comment on column narrative.report.place is '自称: the township as the text names itself';
comment on column narrative.report.township_code is '行政区划代码: by text and title against the register, NULL when unclear';
comment on column narrative.report.period is '时期: 2025, 2025H1, 2025Q1 or 2025-03, NULL when unclear';
comment on column narrative.report.first_month is '首月: of the period';
comment on column narrative.report.last_month is '末月: of the period';
comment on column narrative.report.years is '年数: years it covers, more than 1 for a report on a term';
comment on column narrative.report.kind is '性质: township, plan, county, government, other, notice';
comment on column narrative.report.status
is '状态: counted, plan (only what looks back counts), not_counted (another body, township or period unclear)';
comment on column narrative.report.notes is '说明: what was noticed, in Chinese';

alter table narrative.fact
add column if not exists report_id bigint references narrative.report on delete cascade,
add column if not exists end_offset integer not null,
add column if not exists scope text not null,
add column if not exists confidence double precision not null,
add column if not exists is_sure boolean not null,
add column if not exists is_near boolean not null;
create index if not exists fact_report on narrative.fact (report_id);
comment on column narrative.fact.report_id is '报告编号: the report it was found in';
comment on column narrative.fact.end_offset is '末位置: offset behind the quote';
comment on column narrative.fact.scope is '范围: total, or part of a total stated as well';
comment on column narrative.fact.confidence is '把握: share of facts read this way that were right';
comment on column narrative.fact.is_sure is '够把握: confidence above the threshold below which a person is asked';
comment on column narrative.fact.is_near is '同句: the period stands in the sentence of the number';

create table if not exists narrative.comparison (
    fact_id bigint primary key references narrative.fact on delete cascade,
    indicator text not null,
    outcome text not null check (outcome in ('agrees', 'differs', 'open')),
    first_month text,
    last_month text,
    returned double precision,
    low double precision,
    high double precision,
    reason text,
    returned_rows text[] not null default '{}'
);
comment on table narrative.comparison is '报告与报表核对: every fact that has a counterpart in the returns (rule P09)';
comment on column narrative.comparison.fact_id is '编号: the fact';
comment on column narrative.comparison.indicator is '指标: of the warehouse';
comment on column narrative.comparison.outcome is '结果: agrees, differs or open (not evaluable)';
comment on column narrative.comparison.first_month is '首月: of the time the number speaks of';
comment on column narrative.comparison.last_month is '末月: of the time the number speaks of';
comment on column narrative.comparison.returned is '报表数: what the returns of these months say; rates in percent';
comment on column narrative.comparison.low is '下限: least true value with which the words are right';
comment on column narrative.comparison.high is '上限: greatest true value with which the words are right';
comment on column narrative.comparison.reason is '原因: why it could not be judged';
comment on column narrative.comparison.returned_rows is '报表行: file, sheet and row of what the returned value rests on';

create table if not exists narrative.sketch (
    report_id bigint not null references narrative.report on delete cascade,
    value bigint not null,
    primary key (value, report_id)
);
create index if not exists sketch_report on narrative.sketch (report_id);
comment on table narrative.sketch is '指纹: MinHash values of every report, by which likely copies are found (rule P08)';
comment on column narrative.sketch.report_id is '报告编号: the report';
comment on column narrative.sketch.value is '指纹值: number of the permutation and its minimum';

create table if not exists narrative.passage (
    report_id bigint not null references narrative.report on delete cascade,
    passage_no integer not null,
    other_report_id bigint references narrative.report on delete cascade,
    template text,
    start_offset integer not null,
    end_offset integer not null,
    other_start integer not null,
    other_end integer not null,
    characters integer not null,
    share double precision not null,
    primary key (report_id, passage_no),
    check ((other_report_id is null) <> (template is null))
);
create index if not exists passage_other on narrative.passage (other_report_id);
comment on table narrative.passage is '雷同段落: passages a report shares with an earlier one or a known text (rule P08)';
comment on column narrative.passage.report_id is '报告编号: the later report';
comment on column narrative.passage.passage_no is '序号: within the report';
comment on column narrative.passage.other_report_id is '对方报告: the earlier report, NULL for a known text';
comment on column narrative.passage.template is '范文: name of the known text, NULL for a report';
comment on column narrative.passage.start_offset is '起: in the text of the report''s document';
comment on column narrative.passage.end_offset is '止: in the text of the report''s document';
comment on column narrative.passage.other_start is '对方起: in the text of the other document or the known text';
comment on column narrative.passage.other_end is '对方止: in the text of the other document or the known text';
comment on column narrative.passage.characters is '字数: characters compared, without numbers, signs and names of places';
comment on column narrative.passage.share is '重合度: share of its 13-character runs that stand in the other text';

create table if not exists narrative.finding (
    document_id bigint not null references narrative.document on delete cascade,
    finding_no integer not null,
    report_id bigint references narrative.report on delete cascade,
    township_code text,
    period text,
    rule text not null,
    severity text not null check (severity in ('hard', 'warn', 'info')),
    observed text,
    expected text,
    message text not null,
    quote text,
    start_offset integer,
    end_offset integer,
    fact_id bigint references narrative.fact on delete cascade,
    primary key (document_id, finding_no)
);
create index if not exists finding_fact on narrative.finding (fact_id);
comment on table narrative.finding is '报告问题: every finding on a document or report';
comment on column narrative.finding.document_id is '材料编号: the document it speaks of';
comment on column narrative.finding.finding_no is '序号: running number within the document';
comment on column narrative.finding.report_id is '报告编号: NULL when it speaks of the whole file';
comment on column narrative.finding.township_code is '行政区划代码: as in the report';
comment on column narrative.finding.period is '时期: as in the report';
comment on column narrative.finding.rule is '规则: F01, F02, F03, P08 or P09';
comment on column narrative.finding.severity is '程度: hard, warn or info';
comment on column narrative.finding.observed is '报告所写: what was found';
comment on column narrative.finding.expected is '对照: what it was held against';
comment on column narrative.finding.message is '说明: sentence for the clerk';
comment on column narrative.finding.quote is '原文: the words it speaks of';
comment on column narrative.finding.start_offset is '起: offset of the words in the text';
comment on column narrative.finding.end_offset is '止: offset behind the words';
comment on column narrative.finding.fact_id
is '数据: the fact that disagrees with the returns, NULL for all other findings';

create table if not exists narrative.not_evaluable (
    document_id bigint not null references narrative.document on delete cascade,
    rule text not null,
    cases integer not null check (cases > 0),
    primary key (document_id, rule)
);
comment on table narrative.not_evaluable is '报告无法判断: facts a rule could not be applied to; never a pass';
comment on column narrative.not_evaluable.document_id is '材料编号: the document';
comment on column narrative.not_evaluable.rule is '规则: id of the rule';
comment on column narrative.not_evaluable.cases is '次数: facts it could not be applied to';

create table if not exists narrative.decision (
    decision_id bigint generated always as identity primary key,
    sha256 text not null,
    indicator text not null,
    value double precision not null,
    quote text not null,
    verdict text not null check (verdict in ('confirmed', 'rejected')),
    decided_by text not null,
    decided_at timestamptz not null default now(),
    note text
);
create index if not exists decision_fact on narrative.decision (sha256, indicator, value);
comment on table narrative.decision
is '人工确认: what a person said of a fact; kept for ever, the newest holds, also when the report is read anew';
comment on column narrative.decision.decision_id is '编号: running number';
comment on column narrative.decision.sha256 is '文件摘要: the document''s bytes';
comment on column narrative.decision.indicator is '指标: of the fact';
comment on column narrative.decision.value is '值: of the fact';
comment on column narrative.decision.quote is '原文: as it was shown';
comment on column narrative.decision.verdict is '结论: confirmed or rejected';
comment on column narrative.decision.decided_by is '确认人: name';
comment on column narrative.decision.decided_at is '时间: when it was stored';
comment on column narrative.decision.note is '备注: as written';

create table if not exists narrative.awaiting (
    document_id bigint not null references narrative.document on delete cascade,
    step text not null check (step in ('judge', 'return')),
    primary key (document_id, step)
);
comment on table narrative.awaiting is '报告待办: steps still to be done for a document; empty when all is done';
comment on column narrative.awaiting.document_id is '材料编号: the document';
comment on column narrative.awaiting.step is '步骤: judge (P08, P09) or return (page into the outbox)';

create or replace view narrative.current_report as
select
    r.*,
    d.sha256,
    d.file_name,
    d.received_at,
    d.source
from narrative.report as r
inner join narrative.document as d on r.document_id = d.document_id
where
    d.received_at <= intake.as_of()
    and not exists (
        select 1
        from narrative.report as n
        inner join narrative.document as later on n.document_id = later.document_id
        where
            n.township_code = r.township_code
            and n.period = r.period
            and n.title_key = r.title_key
            and n.status <> 'not_counted'
            and r.status <> 'not_counted'
            and later.received_at <= intake.as_of()
            and (later.received_at, n.report_id) > (d.received_at, r.report_id)
    );
comment on view narrative.current_report
is '现行报告: the newest version of every report; columns as in narrative.report, and of narrative.document';
comment on column narrative.current_report.sha256 is '文件摘要: as in narrative.document';
comment on column narrative.current_report.file_name is '文件名: as in narrative.document';
comment on column narrative.current_report.received_at is '收到时间: as in narrative.document';
comment on column narrative.current_report.source is '来源: as in narrative.document';

create or replace view narrative.current_fact as
select
    f.fact_id,
    f.report_id,
    r.document_id,
    r.township_code,
    r.period,
    r.sha256,
    f.document,
    f.indicator,
    f.value,
    f.unit,
    f.is_approximate,
    f.period_text,
    f.is_near,
    f.scope,
    f.confidence,
    f.quote,
    f.start_offset,
    f.end_offset,
    r.source,
    case
        when r.status = 'not_counted' then 'not_counted'
        when n.verdict is not null then n.verdict
        when f.is_sure then 'accepted'
        else 'doubtful'
    end as status,
    n.decided_by,
    n.decided_at
from narrative.fact as f
inner join narrative.current_report as r on f.report_id = r.report_id
left join lateral (
    select
        d.verdict,
        d.decided_by,
        d.decided_at
    from narrative.decision as d
    where d.sha256 = r.sha256 and d.indicator = f.indicator and d.value = f.value
    order by d.decision_id desc
    limit 1
) as n on true;
comment on view narrative.current_fact
is '现行报告中的数据: facts of the newest versions with what people decided; columns as in narrative.fact, and';
comment on column narrative.current_fact.document_id is '材料编号: the document';
comment on column narrative.current_fact.period is '时期: of the report';
comment on column narrative.current_fact.sha256 is '文件摘要: of the document';
comment on column narrative.current_fact.source is '来源: inbox or backfill';
comment on column narrative.current_fact.status
is '状态: accepted (sure), confirmed or rejected (by a person), doubtful (waits for a person), not_counted';
comment on column narrative.current_fact.decided_by is '确认人: NULL when nobody decided';
comment on column narrative.current_fact.decided_at is '确认时间: NULL when nobody decided';

grant select on all tables in schema narrative to county, research_owner;
do $$
declare
    item record;
begin
    for item in
        select c.oid::regclass as name
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attname = 'township_code'
        where c.relkind = 'r' and c.relnamespace = 'narrative'::regnamespace
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
    grant usage, create on schema narrative to research_owner;
    for item in
        select c.oid::regclass as name
        from pg_class as c
        where c.relkind = 'v' and c.relnamespace = 'narrative'::regnamespace
    loop
        execute format('alter view %s owner to research_owner', item.name);
    end loop;
    revoke create on schema narrative from research_owner;
end;
$$;
