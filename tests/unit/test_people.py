"""Who may log in to Airflow: the administrator and whom the county adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.errors import Refusal
from taizhang.local.people import (
    USER,
    add_person,
    passwords_file,
    people,
    remove_person,
    write_passwords,
    written,
)
from taizhang.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TAIZHANG_AIRFLOW_USERS", raising=False)
    return tmp_path / "home"


def load(home: Path) -> Settings:
    return Settings.load(home=home)


def test_without_a_setting_there_is_the_administrator_alone(home: Path) -> None:
    assert people(load(home)) == {USER: "admin"}


def test_a_person_added_stays_with_a_password_of_its_own(home: Path) -> None:
    password = add_person(load(home), "lihua", "user")
    other = add_person(load(home), "wang", "viewer")
    assert people(load(home)) == {USER: "admin", "lihua": "user", "wang": "viewer"}
    file = passwords_file(load(home))
    assert json.loads(file.read_text(encoding="utf-8")) == {"lihua": password, "wang": other}
    assert file.stat().st_mode & 0o077 == 0
    assert password != other


def test_passwords_that_stand_are_kept(home: Path) -> None:
    file = passwords_file(load(home))
    first = write_passwords(file, [USER, "lihua"])
    assert write_passwords(file, [USER, "lihua"], **{USER: "given"}) == first | {USER: "given"}


def test_a_person_removed_may_not_log_in(home: Path) -> None:
    add_person(load(home), "lihua", "user")
    remove_person(load(home), "lihua")
    assert people(load(home)) == {USER: "admin"}


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("李华", "user", "不能作用户名"),
        ("li,hua", "user", "不能作用户名"),
        ("li", "boss", "没有角色"),
        ("Admin", "user", "已有"),
    ],
)
def test_what_airflow_could_not_read_is_refused(home: Path, name: str, role: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        add_person(load(home), name, role)


def test_the_administrator_cannot_be_removed(home: Path) -> None:
    for name in (USER, "nobody"):
        with pytest.raises(Refusal, match=name):
            remove_person(load(home), name)


def test_a_broken_setting_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_AIRFLOW_USERS", "lihua:user,wang")
    with pytest.raises(Refusal, match="“wang”"):
        people(load(home))


def test_people_are_written_as_airflow_reads_them() -> None:
    assert written({"admin": "admin", "lihua": "user"}) == "admin:admin,lihua:user"
