create view research.rubric_item as
select
    i.run_id,
    i.item,
    i.place,
    i.block,
    i.label,
    i.label_en,
    i.kind,
    i.points,
    i.applies_to
from run.rubric_item as i;
comment on view research.rubric_item is '考评项目: items of the rubric of a run';
comment on column research.rubric_item.run_id is '运行编号: the run';
comment on column research.rubric_item.item is '项目: its code';
comment on column research.rubric_item.place is '顺序: place in the rubric, from 1';
comment on column research.rubric_item.block is '板块: code of the block';
comment on column research.rubric_item.label is '名称: in Chinese';
comment on column research.rubric_item.label_en is '英文名称: in English';
comment on column research.rubric_item.kind is '性质: points, bonus, deduction or veto';
comment on column research.rubric_item.points is '满分: full points, limit of a bonus or deduction';
comment on column research.rubric_item.applies_to is '适用: all, or congress for those that hold one';

create view research.rubric_part as
select
    p.run_id,
    p.item,
    p.part,
    p.type,
    p.points,
    p.inputs,
    p.target,
    p.floor,
    p.per_missing,
    p.per_excess,
    p.base,
    p.extra,
    p.each,
    p.weights,
    p.beyond,
    p.below,
    p.above,
    p.shrink,
    p.empty,
    p.gate_input,
    p.gate_at_least,
    p.gate_otherwise
from run.rubric_part as p;
comment on view research.rubric_part is '计分规则: parts of the items with every figure a number, as scored in the run';
comment on column research.rubric_part.run_id is '运行编号: the run';
comment on column research.rubric_part.item is '项目: its code';
comment on column research.rubric_part.part is '序号: part of the item, from 1';
comment on column research.rubric_part.type is '类型: count_target, rate_linear, ...';
comment on column research.rubric_part.points is '满分: most it gives, or takes';
comment on column research.rubric_part.inputs is '输入: codes of the figures measured';
comment on column research.rubric_part.target is '目标: full points are reached here';
comment on column research.rubric_part.floor is '起点: no points up to here';
comment on column research.rubric_part.per_missing is '每缺扣分: for each one below the target; NULL: points / target';
comment on column research.rubric_part.per_excess is '每超扣分: for each one above the target';
comment on column research.rubric_part.base is '首次得分: for the first';
comment on column research.rubric_part.extra is '续次得分: for each further one';
comment on column research.rubric_part.each is '每次扣分: of a deduction';
comment on column research.rubric_part.weights is '权重: of a bonus'' inputs; empty: 1 each';
comment on column research.rubric_part.beyond is '起算: of a bonus, only what lies above counts';
comment on column research.rubric_part.below is '否决下限: a veto strikes below';
comment on column research.rubric_part.above is '否决上限: a veto strikes above';
comment on column research.rubric_part.shrink is '靠拢件数: cases added at the peers'' rate';
comment on column research.rubric_part.empty is '空分母: exclude or zero';
comment on column research.rubric_part.gate_input is '前提: figure that decides whether the part is judged';
comment on column research.rubric_part.gate_at_least is '前提下限: judged from here on';
comment on column research.rubric_part.gate_otherwise is '前提不满足: exclude or zero';

-- The figures a run scored, as they were then; today's are in research.indicator_value and research.input_value.
create view research.run_input as
select
    v.run_id,
    v.township_code,
    v.input,
    v.value,
    v.numerator,
    v.denominator,
    v.is_approximate
from run.input_value as v;
comment on view research.run_input is '运行输入: every figure a run scored, one row per run, township and input';
comment on column research.run_input.run_id is '运行编号: the run';
comment on column research.run_input.township_code is '行政区划代码: the township';
comment on column research.run_input.input is '输入: indicator or declared input, its code';
comment on column research.run_input.value is '值: NULL when unknown';
comment on column research.run_input.numerator is '分子: of a rate';
comment on column research.run_input.denominator is '分母: of a rate';
comment on column research.run_input.is_approximate is '含约数: a cell it rests on was approximate';

create view research.input_value as
select
    v.township_code,
    v.level,
    v.unit,
    v.period_type,
    v.period,
    v.input,
    v.value,
    v.numerator,
    v.denominator,
    v.is_approximate
from mart.input_value as v
where (select mart.refuse_as_of());
comment on view research.input_value
is '考评输入: figures rubrics score besides the indicators, as derived when the period was last assessed';
comment on column research.input_value.township_code is '行政区划代码: the township';
comment on column research.input_value.level is '层级: township or group';
comment on column research.input_value.unit is '单位: the township''s code, or the name of the deputies'' group';
comment on column research.input_value.period_type is '期类: month, quarter or year';
comment on column research.input_value.period is '统计期: 2025-03, 2025Q1 or 2025';
comment on column research.input_value.input is '输入: its code';
comment on column research.input_value.value is '值: NULL when unknown or the denominator is empty';
comment on column research.input_value.numerator is '分子: of a rate';
comment on column research.input_value.denominator is '分母: of a rate';
comment on column research.input_value.is_approximate is '含约数: a cell it rests on was approximate';

create view research.item_source as
with i as (
    select distinct
        p.run_id,
        p.item,
        u.input
    from run.rubric_part as p
    cross join lateral unnest(p.inputs || coalesce(array[p.gate_input], array[]::text[])) as u (input)
    where u.input is not null
)

select
    s.run_id,
    s.township_code,
    i.item,
    s.input,
    s.submission_id,
    f.period,
    f.file_name,
    f.sha256 as file_sha256,
    s.sheet,
    s.sheet_name,
    r.excel_row,
    case
        when r.excel_row is null then s.columns
        else array(
            select c.letter || r.excel_row from unnest(s.columns) with ordinality as c (letter, n)
            order by c.n
        )
    end as cells
from run.input_source as s
inner join i on s.run_id = i.run_id and s.input = i.input
left join intake.submission as f on s.submission_id = f.submission_id
left join lateral unnest(s.excel_rows) as r (excel_row) on true;
comment on view research.item_source
is '分项来源: the rows and cells behind every item of a run, one row per run, township, item, input and row';
comment on column research.item_source.run_id is '运行编号: the run';
comment on column research.item_source.township_code is '行政区划代码: the township';
comment on column research.item_source.item is '考评项目: code of the rubric item';
comment on column research.item_source.input is '输入: figure the row counts for';
comment on column research.item_source.submission_id is '报送编号: the return; NULL for a panel''s entry';
comment on column research.item_source.period is '报送期: month of the return';
comment on column research.item_source.file_name is '文件名: path inside the inbox';
comment on column research.item_source.file_sha256 is '文件摘要: sha256, its name in the archive';
comment on column research.item_source.sheet
is '工作表: sheet code; panel for a panel''s entry, intake for the arrival of the return';
comment on column research.item_source.sheet_name is '表名: as it is called in the file';
comment on column research.item_source.excel_row
is '行号: row in the workbook, number of the panel''s entry; NULL on key-value sheets';
comment on column research.item_source.cells is '单元格: addresses of the cells read';

create view research.group_ranking as
select
    k.run_id,
    r.period,
    r.rubric,
    r.level,
    k.township_code,
    k.unit,
    k.peer_group,
    k.score,
    k.rank,
    k.rank_low,
    k.rank_high,
    k.band,
    k.recommended,
    k.decision,
    k.reason,
    r.status
from run.unit_ranking as k
inner join run.run as r on k.run_id = r.run_id;
comment on view research.group_ranking is '小组和村排名: one row per run and deputies'' group or village';
comment on column research.group_ranking.run_id is '运行编号: the run';
comment on column research.group_ranking.period is '统计期: the period assessed';
comment on column research.group_ranking.rubric is '考评办法: code of the rubric';
comment on column research.group_ranking.level is '层级: group or village';
comment on column research.group_ranking.township_code is '行政区划代码: the township it belongs to';
comment on column research.group_ranking.unit is '单位: name of the group or village';
comment on column research.group_ranking.peer_group is '同类组: units it is compared with';
comment on column research.group_ranking.score is '总分: score of the run';
comment on column research.group_ranking.rank is '名次: rank within the peer group';
comment on column research.group_ranking.rank_low is '名次下限: best rank of the interval';
comment on column research.group_ranking.rank_high is '名次上限: worst rank of the interval';
comment on column research.group_ranking.band is '等次: grade';
comment on column research.group_ranking.recommended is '推荐: recommended by the figures';
comment on column research.group_ranking.decision is '建议: recommended, committee or none';
comment on column research.group_ranking.reason is '理由: why, in words';
comment on column research.group_ranking.status is '状态: of the run';

create view research.group_item_score as
select
    i.run_id,
    i.township_code,
    i.unit,
    i.item,
    i.value,
    i.numerator,
    i.denominator,
    i.points,
    i.max_points,
    i.state,
    i.note
from run.unit_item_score as i;
comment on view research.group_item_score is '小组和村分项得分: one row per run, unit and rubric item';
comment on column research.group_item_score.run_id is '运行编号: the run';
comment on column research.group_item_score.township_code is '行政区划代码: the township it belongs to';
comment on column research.group_item_score.unit is '单位: name of the group or village';
comment on column research.group_item_score.item is '考评项目: code of the rubric item';
comment on column research.group_item_score.value is '指标值: the value scored';
comment on column research.group_item_score.numerator is '分子: of a rate';
comment on column research.group_item_score.denominator is '分母: of a rate';
comment on column research.group_item_score.points is '得分: points given, NULL when not applicable';
comment on column research.group_item_score.max_points is '满分: points attainable in the parts that were judged';
comment on column research.group_item_score.state is '状态: scored, not_applicable, missing or not_submitted';
comment on column research.group_item_score.note is '说明: why, in words';

-- Why a township has its points: its figure, the median of its peers, and its points in the run of the period before by
-- the same rubric.
create view research.why as
with judged as (
    select
        s.*,
        k.peer_group,
        r.period,
        r.rubric
    from run.item_score as s
    inner join run.run as r on s.run_id = r.run_id
    inner join run.ranking as k on s.run_id = k.run_id and s.township_code = k.township_code
),

middle as (
    select
        j.run_id,
        j.peer_group,
        j.item,
        percentile_cont(0.5) within group (order by j.points) as points
    from judged as j
    group by j.run_id, j.peer_group, j.item
),

before as (
    select distinct on (r.run_id)
        r.run_id,
        e.run_id as earlier_run_id
    from run.run as r
    inner join run.run as e
        on
            r.level = e.level
            and r.rubric = e.rubric
            and length(r.period) = length(e.period)
            and r.period > e.period
    order by r.run_id asc, e.period desc, e.run_id desc
)

select
    j.run_id,
    j.township_code,
    j.item,
    i.label,
    j.state,
    j.value,
    j.numerator,
    j.denominator,
    j.points,
    j.max_points,
    m.points as peer_median,
    e.points as earlier_points,
    j.max_points - j.points as attainable,
    j.note
from judged as j
inner join run.rubric_item as i on j.run_id = i.run_id and j.item = i.item
left join middle as m on j.run_id = m.run_id and j.peer_group = m.peer_group and j.item = m.item
left join before as b on j.run_id = b.run_id
left join run.item_score as e
    on b.earlier_run_id = e.run_id and j.township_code = e.township_code and j.item = e.item;
comment on view research.why is '得分缘由: one row per run, township and item, with peers and the period before';
comment on column research.why.run_id is '运行编号: the run';
comment on column research.why.township_code is '行政区划代码: the township';
comment on column research.why.item is '考评项目: code of the rubric item';
comment on column research.why.label is '名称: of the item';
comment on column research.why.state is '状态: scored, not_applicable, missing or not_submitted';
comment on column research.why.value is '指标值: the value scored';
comment on column research.why.numerator is '分子: of a rate';
comment on column research.why.denominator is '分母: of a rate';
comment on column research.why.points is '得分: points given, NULL when not applicable';
comment on column research.why.max_points is '满分: points attainable in the parts that were judged';
comment on column research.why.peer_median
is '同类中位: median points of the peer group; of the own rows only for a township';
comment on column research.why.earlier_points is '上期得分: in the newest run of an earlier period by the same rubric';
comment on column research.why.attainable is '可增分: points still to be had';
comment on column research.why.note is '说明: why, in words';
