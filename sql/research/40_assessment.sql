create view research.item_score as
select
    i.run_id,
    i.township_code,
    i.item,
    i.value,
    i.points,
    i.max_points,
    i.note
from run.item_score as i;
comment on view research.item_score is '分项得分: one row per run, township and rubric item';
comment on column research.item_score.run_id is '运行编号: the run';
comment on column research.item_score.township_code is '行政区划代码: the township';
comment on column research.item_score.item is '考评项目: code of the rubric item';
comment on column research.item_score.value is '指标值: the value scored, NULL when not applicable';
comment on column research.item_score.points is '得分: points given, NULL when not applicable';
comment on column research.item_score.max_points is '满分: points attainable';
comment on column research.item_score.note is '说明: why, in words';

create view research.ranking as
select
    k.run_id,
    r.period,
    r.rubric,
    k.township_code,
    k.peer_group,
    k.score,
    k.rank,
    k.rank_low,
    k.rank_high,
    k.band,
    coalesce(c.recommended, k.recommended) as recommended,
    r.status
from run.ranking as k
inner join run.run as r on k.run_id = r.run_id
left join run.change as c on k.run_id = c.run_id and k.township_code = c.unit;
comment on view research.ranking is '排名: one row per run and township';
comment on column research.ranking.run_id is '运行编号: the run';
comment on column research.ranking.period is '统计期: the period assessed';
comment on column research.ranking.rubric is '考评办法: code of the rubric';
comment on column research.ranking.township_code is '行政区划代码: the township';
comment on column research.ranking.peer_group is '同类组: townships it is compared with';
comment on column research.ranking.score is '总分: score of the run';
comment on column research.ranking.rank is '名次: rank within the peer group';
comment on column research.ranking.rank_low is '名次下限: best rank of the interval';
comment on column research.ranking.rank_high is '名次上限: worst rank of the interval';
comment on column research.ranking.band is '等次: grade';
comment on column research.ranking.recommended
is '推荐: recommended for commendation: as the approver changed it, else as the run computed it';
comment on column research.ranking.status
is '状态: of the run: draft (also self-check, public notice, refused; see research.run), approved, published, superseded';
