-- Assessment runs and everything behind them: what the rubric said, what was scored, from which cells, the document.

alter table run.run
add column if not exists level text not null,
add column if not exists rubric_version text not null,
add column if not exists rubric_digest text not null,
add column if not exists catalogue_digest text not null,
add column if not exists newest_submission bigint not null,
add column if not exists newest_panel_entry bigint not null,
add column if not exists inputs_digest text not null,
add column if not exists seed bigint not null,
add column if not exists document_sha256 text not null,
drop constraint if exists run_level,
add constraint run_level check (level in ('township', 'group', 'deputy', 'village'));
comment on column run.run.level is '层级: township, group, deputy or village';
comment on column run.run.rubric_version is '办法版本: version of the rubric';
comment on column run.run.rubric_digest is '办法摘要: sha256 of the rubric''s file';
comment on column run.run.catalogue_digest is '目录摘要: sha256 of the declared forms, indicators and inputs';
comment on column run.run.newest_submission is '数据快照: submissions up to this one were seen';
comment on column run.run.newest_panel_entry is '评审快照: panel entries up to this one were seen';
comment on column run.run.inputs_digest is '输入摘要: sha256 of all inputs';
comment on column run.run.seed is '随机种子: of the resamples';
comment on column run.run.document_sha256 is '文件摘要: sha256 of the run''s document';

create table if not exists run.document (
    run_id bigint primary key references run.run,
    content bytea not null
);
comment on table run.document is '考评运行文件: the run as canonical bytes; not for researchers, deputies'' runs name people';
comment on column run.document.run_id is '运行编号: the run';
comment on column run.document.content is '内容: canonical JSON';

create table if not exists run.rubric_item (
    run_id bigint not null references run.run,
    item text not null,
    place integer not null,
    block text not null,
    label text not null,
    label_en text not null,
    kind text not null check (kind in ('points', 'bonus', 'deduction', 'veto')),
    points double precision not null,
    applies_to text not null,
    primary key (run_id, item)
);
comment on table run.rubric_item is '考评项目: items of the rubric as they held for the run';
comment on column run.rubric_item.run_id is '运行编号: the run';
comment on column run.rubric_item.item is '项目: its code';
comment on column run.rubric_item.place is '顺序: place in the rubric, from 1';
comment on column run.rubric_item.block is '板块: code of the block, empty for bonuses, deductions and vetoes';
comment on column run.rubric_item.label is '名称: in Chinese';
comment on column run.rubric_item.label_en is '英文名称: in English';
comment on column run.rubric_item.kind is '性质: points, bonus, deduction or veto';
comment on column run.rubric_item.points is '满分: full points, limit of a bonus or deduction';
comment on column run.rubric_item.applies_to is '适用: all, or congress for those that hold one';

create table if not exists run.rubric_part (
    run_id bigint not null,
    item text not null,
    part integer not null,
    type text not null,
    points double precision not null,
    inputs text[] not null,
    target double precision,
    floor double precision not null,
    per_missing double precision,
    per_excess double precision not null,
    base double precision not null,
    extra double precision not null,
    each double precision not null,
    weights double precision[] not null,
    beyond double precision not null,
    below double precision,
    above double precision,
    shrink double precision not null,
    empty text not null,
    gate_input text,
    gate_at_least double precision,
    gate_otherwise text,
    primary key (run_id, item, part),
    foreign key (run_id, item) references run.rubric_item
);
comment on table run.rubric_part
is '计分规则: parts of the items with every figure a number, scaled to the period; an item without parts was not judged';
comment on column run.rubric_part.run_id is '运行编号: the run';
comment on column run.rubric_part.item is '项目: its code';
comment on column run.rubric_part.part is '序号: part of the item, from 1';
comment on column run.rubric_part.type is '类型: count_target, rate_linear, ... (docs/rubrics.md)';
comment on column run.rubric_part.points is '满分: most it gives, or takes';
comment on column run.rubric_part.inputs is '输入: codes of the figures measured';
comment on column run.rubric_part.target is '目标: full points are reached here';
comment on column run.rubric_part.floor is '起点: no points up to here';
comment on column run.rubric_part.per_missing is '每缺扣分: for each one below the target; NULL: points / target';
comment on column run.rubric_part.per_excess is '每超扣分: for each one above the target';
comment on column run.rubric_part.base is '首次得分: for the first';
comment on column run.rubric_part.extra is '续次得分: for each further one';
comment on column run.rubric_part.each is '每次扣分: of a deduction';
comment on column run.rubric_part.weights is '权重: of a bonus'' inputs; empty: 1 each';
comment on column run.rubric_part.beyond is '起算: of a bonus, only what lies above counts';
comment on column run.rubric_part.below is '否决下限: a veto strikes below';
comment on column run.rubric_part.above is '否决上限: a veto strikes above';
comment on column run.rubric_part.shrink is '靠拢件数: cases added at the peers'' rate';
comment on column run.rubric_part.empty is '空分母: exclude or zero';
comment on column run.rubric_part.gate_input is '前提: figure that decides whether the part is judged';
comment on column run.rubric_part.gate_at_least is '前提下限: judged from here on';
comment on column run.rubric_part.gate_otherwise is '前提不满足: exclude or zero';

alter table run.item_score
add column if not exists state text not null check (state in ('scored', 'not_applicable', 'missing', 'not_submitted')),
add column if not exists numerator double precision,
add column if not exists denominator double precision;
comment on column run.item_score.state is '状态: scored, not_applicable, missing or not_submitted';
comment on column run.item_score.numerator is '分子: of a rate';
comment on column run.item_score.denominator is '分母: of a rate';
comment on column run.item_score.max_points is '满分: points attainable in the parts that were judged';

alter table run.ranking
add column if not exists rank_overall integer,
add column if not exists base double precision,
add column if not exists bonus double precision not null,
add column if not exists deduction double precision not null,
add column if not exists is_tied boolean not null,
add column if not exists inside_quota double precision,
add column if not exists decision text not null check (decision in ('recommended', 'committee', 'none')),
add column if not exists reason text not null,
add column if not exists prize double precision,
add column if not exists vetoes text[] not null,
add column if not exists is_submitted boolean not null,
add column if not exists size double precision;
comment on column run.ranking.rank_overall is '总名次: among all that may be compared, whatever the size band';
comment on column run.ranking.base is '基础分: items rescaled to the rubric''s total, before bonus and deductions';
comment on column run.ranking.bonus is '加分: within its limit';
comment on column run.ranking.deduction is '扣分: within its limit, not positive';
comment on column run.ranking.is_tied is '并列: shares its rank';
comment on column run.ranking.inside_quota is '入围概率: probability of a place within the quota';
comment on column run.ranking.decision is '建议: recommended, committee (cannot be decided by figures) or none';
comment on column run.ranking.reason is '理由: why, in words';
comment on column run.ranking.prize is '奖金: yuan according to the rubric, NULL for none';
comment on column run.ranking.vetoes is '否决项: vetoes that strike';
comment on column run.ranking.is_submitted is '有报送: a return of the period is loaded';
comment on column run.ranking.size is '规模: deputies in office';

create table if not exists run.input_value (
    run_id bigint not null references run.run,
    township_code text not null,
    input text not null,
    value double precision,
    numerator double precision,
    denominator double precision,
    is_approximate boolean not null,
    primary key (run_id, township_code, input)
);
comment on table run.input_value is '输入: every figure the run scored, as it was then';
comment on column run.input_value.run_id is '运行编号: the run';
comment on column run.input_value.township_code is '行政区划代码: the township';
comment on column run.input_value.input is '输入: indicator or declared input, its code';
comment on column run.input_value.value is '值: NULL when unknown';
comment on column run.input_value.numerator is '分子: of a rate';
comment on column run.input_value.denominator is '分母: of a rate';
comment on column run.input_value.is_approximate is '含约数: a cell it rests on was approximate';

create table if not exists run.input_source (
    run_id bigint not null references run.run,
    township_code text not null,
    input text not null,
    source_no integer not null,
    submission_id bigint references intake.submission,
    sheet text not null,
    sheet_name text not null,
    excel_rows integer[] not null,
    columns text[] not null,
    primary key (run_id, township_code, input, source_no)
);
comment on table run.input_source is '来源: where each figure of a run was read';
comment on column run.input_source.run_id is '运行编号: the run';
comment on column run.input_source.township_code is '行政区划代码: the township';
comment on column run.input_source.input is '输入: its code';
comment on column run.input_source.source_no is '序号: from 1';
comment on column run.input_source.submission_id is '报送编号: the return; NULL for a panel''s entry';
comment on column run.input_source.sheet is '工作表: sheet code; panel for a panel''s entry, intake for the return itself';
comment on column run.input_source.sheet_name is '表名: as it is called in the file';
comment on column run.input_source.excel_rows is '行号: rows counted; empty on key-value sheets';
comment on column run.input_source.columns is '列: letters of the columns read, whole addresses on key-value sheets';

create table if not exists mart.input_value (
    township_code text not null,
    level text not null check (level in ('township', 'group')),
    unit text not null,
    period_type text not null,
    period text not null,
    input text not null,
    value double precision,
    numerator double precision,
    denominator double precision,
    is_approximate boolean not null,
    primary key (township_code, level, unit, period_type, period, input)
);
comment on table mart.input_value
is '考评输入: figures rubrics score besides the indicators, as derived when the period was last assessed';
comment on column mart.input_value.township_code is '行政区划代码: the township';
comment on column mart.input_value.level is '层级: township or group';
comment on column mart.input_value.unit is '单位: the township''s code, or the name of the deputies'' group';
comment on column mart.input_value.period_type is '期类: month, quarter or year';
comment on column mart.input_value.period is '统计期: 2025-03, 2025Q1 or 2025';
comment on column mart.input_value.input is '输入: its code in catalogue/declared/inputs.yaml';
comment on column mart.input_value.value is '值: NULL when unknown or the denominator is empty';
comment on column mart.input_value.numerator is '分子: of a rate';
comment on column mart.input_value.denominator is '分母: of a rate';
comment on column mart.input_value.is_approximate is '含约数: a cell it rests on was approximate';

create table if not exists restricted.panel_entry (
    entry_id bigint generated always as identity primary key,
    level text not null check (level in ('township', 'group', 'deputy', 'village')),
    township_code text not null,
    unit text not null,
    period text not null,
    input text not null,
    value double precision,
    evidence text not null,
    entered_by text not null,
    entered_at timestamptz not null default now()
);
create index if not exists panel_entry_period
on restricted.panel_entry (level, period, township_code, unit, input, entry_id);
comment on table restricted.panel_entry is '评审录入: figures a panel entered, with who and when; the newest entry holds';
comment on column restricted.panel_entry.entry_id is '录入编号: identity, rising';
comment on column restricted.panel_entry.level is '层级: township, group, deputy or village';
comment on column restricted.panel_entry.township_code is '行政区划代码: the township';
comment on column restricted.panel_entry.unit
is '单位: the township''s code, name of the group or village, number of the deputy';
comment on column restricted.panel_entry.period is '统计期: 2025Q1 or 2025';
comment on column restricted.panel_entry.input is '输入: its code';
comment on column restricted.panel_entry.value is '值: NULL takes an earlier entry back';
comment on column restricted.panel_entry.evidence is '依据: what it rests on';
comment on column restricted.panel_entry.entered_by is '录入人: who entered it';
comment on column restricted.panel_entry.entered_at is '录入时间: when';
