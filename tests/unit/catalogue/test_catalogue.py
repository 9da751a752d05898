"""The catalogue: what is declared loads, equals the contract, and is refused with the code named when it is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue import Catalogue, load
from catalogue.errors import CatalogueError
from catalogue.loading import DECLARED, FILES

CONTRACT = Path(__file__).resolve().parents[3].parent / "shared" / "contract"
Change = Callable[[dict[str, Any]], None]

PARAMETERS = {
    "session_min_days": 1,
    "notice_days": 7,
    "material_days": 1,
    "reply_months": 3,
    "reply_months_extended": 6,
    "sessions_per_year": 2,
    "presidium_meetings_per_year": 4,
    "presidium_members_min": 7,
    "presidium_members_max": 13,
    "group_activities_per_year": 4,
    "quota_base": 45,
    "quota_people_per_deputy": 1500,
    "quota_max": 160,
    "bill_signatures": 5,
}
# The smallest catalogue that loads; every broken one below differs from it in one thing.
SMALL: dict[str, dict[str, Any]] = {
    "forms.yaml": {
        "version": 1,
        "name": {"zh": "月报"},
        "due": {"working_days_after_period_end": 5},
        "sheets": [
            {
                "code": "hazard",
                "label": "隐患整改",
                "layout": "table",
                "key": ["hazard_no"],
                "fields": [
                    {"code": "hazard_no", "label": "隐患编号", "type": "code", "required": True},
                    {"code": "status", "label": "整改状态", "type": "choice", "choices": ["待整改", "已整改"]},
                    {"code": "former_no", "label": "原编号", "type": "code", "references": "hazard.hazard_no"},
                ],
            },
            {
                "code": "reported_total",
                "label": "汇总",
                "layout": "table",
                "key": ["indicator"],
                "fields": [{"code": "indicator", "label": "指标", "type": "choice", "choices": ["发现隐患数"]}],
            },
        ],
    },
    "rules.yaml": {
        "rules": [
            {"id": "R14", "scope": "row", "severity": "warn", "title": "逾期", "en": "later than {reply_months}"},
            {"id": "S01", "scope": "sheet", "severity": "hard", "title": "重复", "en": "twice"},
        ]
    },
    "wording.yaml": {
        "R14": {"message": "{label}应于 {expected} 前答复，{observed}。", "mend": "请督促。"},
        "S01": {"message": "编号{observed}重复。", "mend": "请核对。"},
    },
    "indicators.yaml": {
        "indicators": [
            {"code": "hazards_found", "label": "发现隐患数", "value": "found", "direction": "neutral"},
            {"code": "hazards_rate", "label": "整改率", "num": "done", "den": "due", "direction": "higher"},
        ]
    },
    "synonyms.yaml": {
        "version": 1,
        "choices": {"hazard.status": {"未整改": "待整改"}},
        "flags": {"是": ["有"], "否": ["无"]},
        "blank_marks": ["/"],
        "units": ["次"],
        "multipliers": {"万": 10000},
        "approximate": {"before": ["近"], "after": ["余"]},
        "total_row_labels": ["合计"],
        "ignored_columns": ["序号"],
    },
    "jurisdictions.yaml": {
        "profiles": {
            "national": {
                "name": "全国",
                "entries": [
                    {"valid_from": date(1979, 7, 1), **PARAMETERS},
                    {"valid_from": date(2025, 5, 1), **PARAMETERS, "notice_days": 8},
                ],
            },
            "shandong": {"name": "山东", "entries": [{"valid_from": date(2015, 1, 1), "reply_months": 2}]},
        }
    },
}


def written(folder: Path, file: str | None = None, change: Change | None = None) -> Catalogue:
    """The small catalogue loaded from files, one of them changed."""
    given = copy.deepcopy(SMALL)
    if file is not None and change is not None:
        change(given[file])
    for name in FILES:
        (folder / name).write_text(yaml.safe_dump(given[name], allow_unicode=True), encoding="utf-8")
    return load(folder)


# --- what we declare -------------------------------------------------------------------------------------------------


def test_our_catalogue_loads_and_is_the_same_object_again() -> None:
    catalogue = load()
    assert catalogue is load()
    assert set(catalogue.jurisdictions) == {"national", "zhejiang", "shandong", "chongqing", "henan", "beijing"}
    assert catalogue.current_form is catalogue.form(1)
    assert all(rule.message and rule.mend for rule in catalogue.rules.values())


def test_what_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(CatalogueError, match="99"):
        load().form(99)
    with pytest.raises(CatalogueError, match=r"atlantis.*zhejiang"):
        load().jurisdiction("atlantis")


def without_notes(value: Any) -> Any:
    """Notes may be worded differently; a key without a value is a note that YAML split at its comma."""
    if isinstance(value, dict):
        return {key: without_notes(item) for key, item in value.items() if key != "note" and item is not None}
    return [without_notes(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ["forms.yaml", "rules.yaml", "indicators.yaml", "synonyms.yaml"])
def test_our_files_say_what_the_contract_says(name: str) -> None:
    if not CONTRACT.exists():
        pytest.skip("the contract ../shared/contract is not here")
    ours, theirs = (yaml.safe_load((folder / name).read_text(encoding="utf-8")) for folder in (DECLARED, CONTRACT))
    assert without_notes(ours) == without_notes(theirs)


# --- jurisdictions ---------------------------------------------------------------------------------------------------


def test_a_province_differs_from_the_national_parameters_in_force_on_its_day(tmp_path: Path) -> None:
    shandong = written(tmp_path).jurisdiction("shandong")
    assert shandong.on(date(2014, 12, 31)).reply_months == 3
    assert shandong.on(date(2015, 1, 1)).reply_months == 2
    assert shandong.on(date(2015, 1, 1)).notice_days == 7


def test_days_before_the_first_entry_take_its_parameters(tmp_path: Path) -> None:
    assert written(tmp_path).jurisdiction("national").on(date(1900, 1, 1)).notice_days == 7


def test_the_digest_follows_every_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    def reword(wording: dict[str, Any]) -> None:
        wording["S01"]["mend"] = "请改。"

    assert written(tmp_path / "a").digest != written(tmp_path / "b", "wording.yaml", reword).digest


# --- broken ones -----------------------------------------------------------------------------------------------------


def field(number: int, **change: Any) -> Change:
    return lambda forms: forms["sheets"][0]["fields"][number].update(change)


def rule(**change: Any) -> Change:
    return lambda rules: rules["rules"][0].update(change)


def indicator(number: int, remove: str | None = None, **change: Any) -> Change:
    def apply(indicators: dict[str, Any]) -> None:
        indicators["indicators"][number].update(change)
        if remove:
            del indicators["indicators"][number][remove]

    return apply


BROKEN: dict[str, tuple[str, Change, str]] = {
    "a sheet twice": ("forms.yaml", lambda forms: forms["sheets"].append(forms["sheets"][0]), "hazard"),
    "a sheet's label twice": ("forms.yaml", lambda forms: forms["sheets"][0].update(label="汇总"), "汇总"),
    "a field twice": ("forms.yaml", field(2, code="status"), "hazard.*status"),
    "a field's label twice": ("forms.yaml", field(2, label="整改状态"), "hazard.*整改状态"),
    "an unknown type": ("forms.yaml", field(0, type="colour"), "hazard.hazard_no.*colour"),
    "a choice without choices": ("forms.yaml", field(0, type="choice"), "hazard.hazard_no"),
    "choices of no choice": ("forms.yaml", field(1, type="text"), "hazard.status"),
    "a field with an unknown entry": ("forms.yaml", field(0, colour="red"), "hazard.hazard_no.*colour"),
    "a reference to an unknown field": ("forms.yaml", field(2, references="hazard.nothing"), "hazard.nothing"),
    "a reference to an unknown sheet": ("forms.yaml", field(2, references="nothing.hazard_no"), "nothing.hazard_no"),
    "a key naming an unknown field": ("forms.yaml", lambda forms: forms["sheets"][0].update(key=["no"]), "hazard.*no"),
    "a sheet with an unknown entry": ("forms.yaml", lambda forms: forms["sheets"][0].update(hue=1), "hazard.*hue"),
    "a sheet without a label": ("forms.yaml", lambda forms: forms["sheets"][0].pop("label"), "hazard.*label"),
    "a total without an indicator": (
        "forms.yaml",
        lambda forms: forms["sheets"][1]["fields"][0].update(choices=["采用稿件篇数"]),
        "采用稿件篇数",
    ),
    "a rule twice": ("rules.yaml", lambda rules: rules["rules"].append(rules["rules"][0]), "R14"),
    "an unknown severity": ("rules.yaml", rule(severity="grave"), "R14"),
    "an unknown scope": ("rules.yaml", rule(scope="galaxy"), "R14"),
    "an unknown parameter": ("rules.yaml", rule(en="later than {reply_years}"), "R14.*reply_years"),
    "a rule with an unknown entry": ("rules.yaml", rule(colour="red"), "R14.*colour"),
    "a rule without wording": ("wording.yaml", lambda wording: wording.pop("S01"), "S01"),
    "wording of no rule": ("wording.yaml", lambda wording: wording.update(X99={"message": "", "mend": ""}), "X99"),
    "an unknown placeholder": (
        "wording.yaml",
        lambda wording: wording["S01"].update(mend="请问{clerk}。"),
        "S01.*clerk",
    ),
    "wording without what to do": ("wording.yaml", lambda wording: wording["S01"].pop("mend"), "S01.*mend"),
    "an indicator twice": ("indicators.yaml", indicator(1, code="hazards_found"), "hazards_found"),
    "an indicator without value, num and den": ("indicators.yaml", indicator(0, remove="value"), "hazards_found"),
    "a rate without den": ("indicators.yaml", indicator(1, remove="den"), "hazards_rate"),
    "a rate with a value": ("indicators.yaml", indicator(1, value="done"), "hazards_rate"),
    "an indicator without direction": ("indicators.yaml", indicator(0, remove="direction"), "hazards_found.*direction"),
    "synonyms of an unknown field": (
        "synonyms.yaml",
        lambda synonyms: synonyms["choices"].update({"hazard.hue": {"甲": "乙"}}),
        "hazard.hue",
    ),
    "synonyms of an unknown sheet": (
        "synonyms.yaml",
        lambda synonyms: synonyms["choices"].update({"danger.status": {"甲": "乙"}}),
        "danger.status",
    ),
    "a synonym of an unknown choice": (
        "synonyms.yaml",
        lambda synonyms: synonyms["choices"]["hazard.status"].update({"快了": "快整改"}),
        "hazard.status.*快整改",
    ),
    "an unknown kind of synonyms": ("synonyms.yaml", lambda synonyms: synonyms.update(colours=["红"]), "colours"),
    "no national profile": ("jurisdictions.yaml", lambda given: given["profiles"].pop("national"), "national"),
    "an unknown parameter in a profile": (
        "jurisdictions.yaml",
        lambda given: given["profiles"]["shandong"]["entries"][0].update(reply_years=1),
        "shandong.*reply_years",
    ),
    "a profile's entry without a real date": (
        "jurisdictions.yaml",
        lambda given: given["profiles"]["shandong"]["entries"][0].update(valid_from="spring"),
        "shandong",
    ),
    "a national profile that lacks a parameter": (
        "jurisdictions.yaml",
        lambda given: given["profiles"]["national"]["entries"][0].pop("notice_days"),
        "national.*notice_days",
    ),
}


def test_the_small_catalogue_is_whole(tmp_path: Path) -> None:
    assert set(written(tmp_path).rules) == {"R14", "S01"}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_catalogue_is_refused_with_the_code_named(tmp_path: Path, what: str) -> None:
    file, change, named = BROKEN[what]
    with pytest.raises(CatalogueError, match=named):
        written(tmp_path, file, change)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_or_no_yaml_is_named(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    for other in FILES:
        if other != name:
            (broken / other).write_bytes((tmp_path / other).read_bytes())
    with pytest.raises(CatalogueError, match=name):
        load(broken)
    for text in ("rules: [unclosed", "- a list"):
        (broken / name).write_text(text, encoding="utf-8")
        with pytest.raises(CatalogueError, match=name):
            load(broken)
