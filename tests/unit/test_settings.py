"""Settings: where each value comes from, what is refused, what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.errors import Refusal
from taizhang.settings import Settings, child_environment


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TAIZHANG_HOME", "DATABASE_URL", "TAIZHANG_INBOX", "TAIZHANG_CHUNK_SIZE", "TAIZHANG_JURISDICTION"):
        monkeypatch.delenv(name, raising=False)


def test_home_is_in_the_checkout_unless_said_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().home == Path(__file__).resolve().parents[2] / ".taizhang"
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path))
    assert Settings.load().home == tmp_path
    assert Settings.load(home=tmp_path / "other").home == tmp_path / "other"


def test_folders_lie_in_the_home_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load(home=tmp_path).inbox == tmp_path / "inbox"
    monkeypatch.setenv("TAIZHANG_INBOX", str(tmp_path / "share" / "in"))
    settings = Settings.load(home=tmp_path)
    assert settings.inbox == tmp_path / "share" / "in"
    assert settings.received_file == tmp_path / "share" / "received.csv"


def test_what_is_remembered_holds_for_later_commands_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(home=tmp_path)
    settings.remember(jurisdiction="zhejiang", chunk_size=7)
    settings.remember(jurisdiction="shandong")
    again = Settings.load(home=tmp_path)
    assert (again.jurisdiction, again.chunk_size, settings.jurisdiction) == ("shandong", 7, "national")
    assert (tmp_path / "settings.env").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("TAIZHANG_JURISDICTION", "henan")
    assert Settings.load(home=tmp_path).jurisdiction == "henan"


def test_a_value_that_cannot_be_used_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_CHUNK_SIZE", "many")
    with pytest.raises(Refusal, match="chunk_size"):
        Settings.load(home=tmp_path)
    monkeypatch.delenv("TAIZHANG_CHUNK_SIZE")
    with pytest.raises(Refusal, match="Mars/Olympus"):
        Settings.load(home=tmp_path, timezone="Mars/Olympus")


def test_the_warehouse_is_the_named_database_or_the_embedded_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal, match="taizhang up"):
        _ = Settings.load(home=tmp_path).warehouse_url
    (tmp_path / "database.json").write_text('{"port": 5444, "password": "p"}', encoding="utf-8")
    assert Settings.load(home=tmp_path).warehouse_url == "postgresql://postgres:p@127.0.0.1:5444/taizhang"
    monkeypatch.setenv("DATABASE_URL", "postgresql://county/warehouse")
    assert Settings.load(home=tmp_path).warehouse_url == "postgresql://county/warehouse"
    monkeypatch.setenv("DATABASE_URL", "")
    assert Settings.load(home=tmp_path).embedded


def test_addresses_are_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_MAIL_TO", "a@example.org, b@example.org,")
    assert Settings.load(home=tmp_path).mail_to == ("a@example.org", "b@example.org")


def test_children_write_byte_code_and_reach_loopback_directly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("NO_PROXY", "intranet")
    environment = child_environment(Settings.load(home=tmp_path), {"EXTRA": "1"})
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["NO_PROXY"] == environment["no_proxy"] == "intranet,127.0.0.1,localhost"
    assert environment["TAIZHANG_HOME"] == str(tmp_path)
    assert environment["EXTRA"] == "1"


def test_a_county_alone_hears_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_URL": "postgresql://real",
        "TAIZHANG_INBOX": "/real",
        "TAIZHANG_CHUNK_SIZE": "9",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.alone(tmp_path)
    assert (settings.embedded, settings.inbox, settings.chunk_size) == (True, tmp_path / "inbox", 1000)
    passed_on = child_environment(settings, {})
    assert not {"DATABASE_URL", "TAIZHANG_INBOX", "TAIZHANG_CHUNK_SIZE"} & set(passed_on)
    assert passed_on["TAIZHANG_HOME"] == str(tmp_path)
