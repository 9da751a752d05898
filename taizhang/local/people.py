"""Who may log in to Airflow: the administrator and whom the county adds; approving takes at least two people."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from pathlib import Path

from catalogue.errors import Refusal
from taizhang.settings import Settings

USER = "admin"
ROLES = ("viewer", "user", "op", "admin")  # of Airflow's SimpleAuthManager; `user` may trigger runs and approve
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


def people(settings: Settings) -> dict[str, str]:
    """Name -> role of everybody who may log in, the administrator first.

    Raises Refusal when the setting airflow_users cannot be read.
    """
    found = {USER: "admin"}
    for part in filter(None, (part.strip() for part in settings.airflow_users.split(","))):
        name, _, role = part.partition(":")
        if not _NAME.fullmatch(name) or role not in ROLES:
            raise Refusal(
                f"设置 TAIZHANG_AIRFLOW_USERS 中的“{part}”无法识别：请写成 姓名:角色，角色为 {'、'.join(ROLES)}，"
                "姓名用字母和数字。"
            )
        found.setdefault(name, role)
    return found


def written(known: dict[str, str]) -> str:
    """The people as the setting and Airflow write them: name:role,name:role."""
    return ",".join(f"{name}:{role}" for name, role in known.items())


def add_person(settings: Settings, name: str, role: str) -> str:
    """The person may log in after the next `up`; the password, made now and kept in the passwords file.

    Raises Refusal when the name or role is none, or the name is taken.
    """
    if not _NAME.fullmatch(name):
        raise Refusal(f"“{name}”不能作用户名：请用字母开头的字母和数字，例如 zhangsan。")
    if role not in ROLES:
        raise Refusal(f"没有角色“{role}”：可选 {'、'.join(ROLES)}。")
    known = people(settings)
    if name.lower() in {other.lower() for other in known}:
        raise Refusal(f"已有用户 {name}。")
    _remember(settings, known | {name: role})
    return write_passwords(passwords_file(settings), [name])[name]


def remove_person(settings: Settings, name: str) -> None:
    """The person may not log in after the next `up`. Raises Refusal when there is none, or it is the administrator."""
    known = people(settings)
    if name not in known or name == USER:
        raise Refusal(f"没有可以删除的用户 {name}。")
    del known[name]
    _remember(settings, known)


def passwords_file(settings: Settings) -> Path:
    """Where the passwords are kept, readable by the owner only."""
    return settings.home / "airflow" / "passwords.json"


def write_passwords(file: Path, names: list[str], **given: str) -> dict[str, str]:
    """Everybody named has a password in the file: the one given, else the one kept, else a new one; all passwords."""
    kept: dict[str, str] = {}
    with suppress(OSError, ValueError):
        kept = json.loads(file.read_text(encoding="utf-8"))
    kept |= given
    kept |= {name: secrets.token_urlsafe(12) for name in names if name not in kept}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(kept), encoding="utf-8")
    draft.replace(file)
    return kept


def _remember(settings: Settings, known: dict[str, str]) -> None:
    others = {name: role for name, role in known.items() if name != USER}
    settings.remember(airflow_users=written(others))
