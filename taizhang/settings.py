"""Where the platform's state lives and how it behaves; the only place that reads the environment.

Every value can be set in the environment (TAIZHANG_INBOX, TAIZHANG_SMTP_HOST, ..., and DATABASE_URL) or, to last, in
the file `settings.env` in the home folder, where `remember` writes as well. The environment wins.
"""

from __future__ import annotations

import getpass
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field, PrivateAttr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from catalogue.errors import Refusal

_PREFIX = "TAIZHANG_"
_LOOPBACK = "127.0.0.1,localhost"


def _project() -> Path:
    """The checkout this package runs from; the current folder when it was installed without one."""
    checkout = Path(__file__).resolve().parents[1]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


class Settings(BaseSettings):
    """One county's settings; immutable. Folders not set lie in the home folder."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    home: Path = Field(default_factory=lambda: _project() / ".taizhang")
    database_url: str | None = Field(default=None, validation_alias=AliasChoices("database_url", "DATABASE_URL"))
    inbox_folder: Path | None = Field(default=None, validation_alias=AliasChoices("inbox_folder", "TAIZHANG_INBOX"))
    archive_folder: Path | None = Field(
        default=None, validation_alias=AliasChoices("archive_folder", "TAIZHANG_ARCHIVE")
    )
    outbox_folder: Path | None = Field(default=None, validation_alias=AliasChoices("outbox_folder", "TAIZHANG_OUTBOX"))
    dags_folder: Path | None = Field(default=None, validation_alias=AliasChoices("dags_folder", "TAIZHANG_DAGS"))
    jurisdiction: str = "national"
    timezone: str = "Asia/Shanghai"
    chunk_size: int = Field(default=1000, ge=1, description="returns read, checked and loaded together")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="processes that work at once")
    database_port: int = Field(
        default=0, ge=0, le=65535, description="of the embedded PostgreSQL; 0: a free one, remembered"
    )
    airflow_port: int = Field(default=0, ge=0, le=65535, description="of the Airflow page; 0: a free one, remembered")
    airflow_password: str | None = Field(default=None, description="of the administrator; made when not set")
    airflow_users: str = Field(default="", description="whom the county added: name:role,name:role")
    person: str | None = Field(default=None, description="who acts at the command line; else the account's name")
    issuer: str = Field(default="县人民代表大会常务委员会", description="who signs the bulletin")
    self_check_days: int = Field(default=3, ge=0, description="working days the townships have to check their sheets")
    objection_days: int = Field(default=5, ge=0, description="working days on which objections are taken")
    published_folder: Path | None = Field(
        default=None, validation_alias=AliasChoices("published_folder", "TAIZHANG_PUBLISHED")
    )
    pages_folder: Path | None = Field(default=None, validation_alias=AliasChoices("pages_folder", "TAIZHANG_PAGES"))
    smtp_host: str | None = None
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_starttls: bool = False
    smtp_user: str | None = None
    smtp_password: str | None = None
    mail_from: str = "taizhang@localhost"
    mail_to: Annotated[tuple[str, ...], NoDecode] = ()
    notify_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Apprise addresses of the county: dingtalk://…, wecombot://…, feishu://…, json://…"
    )
    operator_to: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="who is told of the platform's own trouble; else mail_to"
    )
    reminder_days: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(-5, -1, 1), description="working days from the due day on which a township is reminded"
    )
    watch_months: int = Field(default=2, ge=1, description="ended months that are watched from the first day on")
    disk_free_percent: float = Field(default=10, ge=0, le=100, description="less free space is an alert")
    airflow_url: str | None = Field(default=None, description="of an Airflow that was not started by taizhang up")
    _alone: bool = PrivateAttr(default=False)

    @field_validator("mail_to", "notify_urls", "operator_to", "reminder_days", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Addresses and days are written with commas between them."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        "home",
        "inbox_folder",
        "archive_folder",
        "outbox_folder",
        "dags_folder",
        "published_folder",
        "pages_folder",
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"“{value}” is not a time zone such as Asia/Shanghai") from error
        return value

    @classmethod
    def load(cls, **given: Any) -> Settings:
        """The settings in force now: what is given, else the environment, the home's settings.env, the default.

        Raises Refusal naming the setting when a value cannot be used.
        """
        if given.get("home") is None:
            given.pop("home", None)
        try:
            home = cls(**given).home
            return cls(_env_file=home / "settings.env", **(given | {"home": home}))  # type: ignore[call-arg]
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise Refusal(f"Setting {name} cannot be used ({first['msg']}): mend it and try again.") from error

    @classmethod
    def alone(cls, home: Path) -> Settings:
        """The defaults for a home of its own, whatever the environment says; holds for the processes it starts as well.

        For the demo and for tests, which must not touch a county's inbox or warehouse.
        """
        defaults = {name: field.get_default(call_default_factory=True) for name, field in cls.model_fields.items()}
        settings = cls(**(defaults | {"home": home}))
        settings._alone = True
        return settings

    def remember(self, **values: str | int) -> None:
        """The values stand in the home's settings.env from now on, for every later command and DAG run."""
        file = self.home / "settings.env"
        names = {f"{_PREFIX}{name.upper()}": str(value) for name, value in values.items()}
        kept = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        lines = [line for line in kept if line.split("=", 1)[0].strip() not in names]
        self.home.mkdir(parents=True, exist_ok=True)
        text = "\n".join([*lines, *(f"{name}={json.dumps(value)}" for name, value in names.items())]) + "\n"
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)

    @property
    def zone(self) -> ZoneInfo:
        """The county's time zone."""
        return ZoneInfo(self.timezone)

    def acting(self, by: str | None = None) -> str:
        """Who acts at the command line: who is named, else the person set, else the account."""
        return by or self.person or getpass.getuser()

    def now(self) -> datetime:
        """The county's local time, as received times are kept."""
        return datetime.now(self.zone).replace(tzinfo=None)

    @property
    def inbox(self) -> Path:
        """Where townships' workbooks arrive."""
        return self.inbox_folder or self.home / "inbox"

    @property
    def received_file(self) -> Path:
        """The received times (file, received_at) of a backfill, beside the inbox; need not exist."""
        return self.inbox.parent / "received.csv"

    @property
    def archive(self) -> Path:
        """Where every received file is kept by its digest."""
        return self.archive_folder or self.home / "archive"

    @property
    def outbox(self) -> Path:
        """Where annotated workbooks wait for the townships."""
        return self.outbox_folder or self.home / "outbox"

    @property
    def published(self) -> Path:
        """Where drafts for objections and bulletins are given out, a folder per period."""
        return self.published_folder or self.home / "published"

    @property
    def pages(self) -> Path:
        """Where the status pages are built."""
        return self.pages_folder or self.home / "pages"

    @property
    def dags(self) -> Path:
        """The folder Airflow reads its DAGs from."""
        return self.dags_folder or _project() / "dags"

    @property
    def docs(self) -> Path:
        """Where the suites' Data Docs are built."""
        return self.home / "data_docs"

    @property
    def cluster_file(self) -> Path:
        """Port and password of the embedded PostgreSQL (mode 600)."""
        return self.home / "database.json"

    @property
    def embedded(self) -> bool:
        """Whether the warehouse is the embedded PostgreSQL."""
        return self.database_url is None

    @property
    def warehouse_url(self) -> str:
        """The warehouse's URL for any PostgreSQL client.

        Raises Refusal when it is the embedded one and that has never been started.
        """
        return self.database_url or self.embedded_url("taizhang")

    def embedded_url(self, database: str) -> str:
        """The URL of a database of the embedded PostgreSQL. Raises Refusal when it has never been started."""
        try:
            known = json.loads(self.cluster_file.read_text(encoding="utf-8"))
            return f"postgresql://postgres:{known['password']}@127.0.0.1:{known['port']}/{database}"
        except (OSError, ValueError, KeyError) as error:
            raise Refusal(f"There is no database in {self.home} yet: run “taizhang init” or “taizhang up”.") from error


def _ours(name: str) -> bool:
    return name.startswith((_PREFIX, "AIRFLOW__")) or name == "DATABASE_URL"


def is_set(name: str) -> bool:
    """Whether the environment gives the variable a value."""
    return bool(os.environ.get(name))


def child_environment(settings: Settings, extra: dict[str, str]) -> dict[str, str]:
    """The environment of a process we start: ours, byte code written, the same home, loopback never through a proxy."""
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if settings._alone:
        known = {name: value for name, value in known.items() if not _ours(name)}
    direct = ",".join(part for part in (known.get("NO_PROXY") or known.get("no_proxy"), _LOOPBACK) if part)
    return known | {f"{_PREFIX}HOME": str(settings.home), "NO_PROXY": direct, "no_proxy": direct} | extra
