-- Rankings of deputies' groups and villages (schema run), and of deputies (schema restricted, never for researchers).

create table if not exists run.unit_ranking (
    run_id bigint not null references run.run,
    township_code text not null,
    unit text not null,
    peer_group text not null,
    score double precision,
    rank integer,
    rank_low integer,
    rank_high integer,
    band text,
    recommended boolean not null,
    decision text not null check (decision in ('recommended', 'committee', 'none')),
    reason text not null,
    primary key (run_id, township_code, unit)
);
comment on table run.unit_ranking is '小组和村排名: one row per run and deputies'' group or village';
comment on column run.unit_ranking.run_id is '运行编号: the run';
comment on column run.unit_ranking.township_code is '行政区划代码: the township it belongs to';
comment on column run.unit_ranking.unit is '单位: name of the group or village';
comment on column run.unit_ranking.peer_group is '同类组: units it is compared with';
comment on column run.unit_ranking.score is '总分: score of the run';
comment on column run.unit_ranking.rank is '名次: rank within the peer group';
comment on column run.unit_ranking.rank_low is '名次下限: best rank of the interval';
comment on column run.unit_ranking.rank_high is '名次上限: worst rank of the interval';
comment on column run.unit_ranking.band is '等次: grade';
comment on column run.unit_ranking.recommended is '建议表彰: recommended for commendation';
comment on column run.unit_ranking.decision is '建议: recommended, committee or none';
comment on column run.unit_ranking.reason is '理由: why, in words';

create table if not exists run.unit_item_score (
    run_id bigint not null references run.run,
    township_code text not null,
    unit text not null,
    item text not null,
    value double precision,
    numerator double precision,
    denominator double precision,
    points double precision,
    max_points double precision not null,
    state text not null,
    note text,
    primary key (run_id, township_code, unit, item)
);
comment on table run.unit_item_score is '小组和村分项得分: one row per run, unit and rubric item';
comment on column run.unit_item_score.run_id is '运行编号: the run';
comment on column run.unit_item_score.township_code is '行政区划代码: the township it belongs to';
comment on column run.unit_item_score.unit is '单位: name of the group or village';
comment on column run.unit_item_score.item is '考评项目: code of the rubric item';
comment on column run.unit_item_score.value is '指标值: the value scored, NULL when not applicable';
comment on column run.unit_item_score.numerator is '分子: of a rate';
comment on column run.unit_item_score.denominator is '分母: of a rate';
comment on column run.unit_item_score.points is '得分: points given, NULL when not applicable';
comment on column run.unit_item_score.max_points is '满分: points attainable in the parts that were judged';
comment on column run.unit_item_score.state is '状态: scored, not_applicable, missing or not_submitted';
comment on column run.unit_item_score.note is '说明: why, in words';

create table if not exists restricted.deputy_ranking (
    run_id bigint not null references run.run,
    township_code text not null,
    unit text not null,
    peer_group text not null,
    score double precision,
    rank integer,
    rank_low integer,
    rank_high integer,
    band text,
    recommended boolean not null,
    decision text not null check (decision in ('recommended', 'committee', 'none')),
    reason text not null,
    primary key (run_id, township_code, unit)
);
comment on table restricted.deputy_ranking is '代表排名: one row per run and deputy; restricted';
comment on column restricted.deputy_ranking.run_id is '运行编号: the run';
comment on column restricted.deputy_ranking.township_code is '行政区划代码: the township';
comment on column restricted.deputy_ranking.unit is '单位: number of the deputy';
comment on column restricted.deputy_ranking.peer_group is '同类组: deputies he or she is compared with';
comment on column restricted.deputy_ranking.score is '总分: score of the run';
comment on column restricted.deputy_ranking.rank is '名次: rank within the peer group';
comment on column restricted.deputy_ranking.rank_low is '名次下限: best rank of the interval';
comment on column restricted.deputy_ranking.rank_high is '名次上限: worst rank of the interval';
comment on column restricted.deputy_ranking.band is '等次: grade';
comment on column restricted.deputy_ranking.recommended is '建议表彰: recommended for commendation';
comment on column restricted.deputy_ranking.decision is '建议: recommended, committee or none';
comment on column restricted.deputy_ranking.reason is '理由: why, in words';

create table if not exists restricted.deputy_item_score (
    run_id bigint not null references run.run,
    township_code text not null,
    unit text not null,
    item text not null,
    value double precision,
    numerator double precision,
    denominator double precision,
    points double precision,
    max_points double precision not null,
    state text not null,
    note text,
    primary key (run_id, township_code, unit, item)
);
comment on table restricted.deputy_item_score is '代表分项得分: one row per run, deputy and rubric item; restricted';
comment on column restricted.deputy_item_score.run_id is '运行编号: the run';
comment on column restricted.deputy_item_score.township_code is '行政区划代码: the township';
comment on column restricted.deputy_item_score.unit is '单位: number of the deputy';
comment on column restricted.deputy_item_score.item is '考评项目: code of the rubric item';
comment on column restricted.deputy_item_score.value is '指标值: the value scored, NULL when not applicable';
comment on column restricted.deputy_item_score.numerator is '分子: of a rate';
comment on column restricted.deputy_item_score.denominator is '分母: of a rate';
comment on column restricted.deputy_item_score.points is '得分: points given, NULL when not applicable';
comment on column restricted.deputy_item_score.max_points is '满分: points attainable in the parts that were judged';
comment on column restricted.deputy_item_score.state is '状态: scored, not_applicable, missing or not_submitted';
comment on column restricted.deputy_item_score.note is '说明: why, in words';

-- who may read: as in 0004, for the tables of 0020 and 0021; the document is for the county alone
grant select on run.rubric_item, run.rubric_part, run.input_value, run.input_source, run.unit_ranking,
run.unit_item_score, mart.input_value to research_owner;
grant select on run.document, run.rubric_item, run.rubric_part, run.input_value, run.input_source, run.unit_ranking,
run.unit_item_score, mart.input_value, restricted.panel_entry, restricted.deputy_ranking, restricted.deputy_item_score
to county;

do $$
declare
    item record;
begin
    for item in
        select t.name::regclass as name
        from unnest(array[
            'run.input_value', 'run.input_source', 'run.unit_ranking', 'run.unit_item_score', 'mart.input_value'
        ]) as t (name)
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
