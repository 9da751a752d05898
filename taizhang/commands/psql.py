"""psql on the warehouse as the researcher role: the bundled client for the embedded server, else the system's."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from catalogue.errors import Refusal
from taizhang.local import ensure_database, status
from taizhang.settings import Settings, child_environment

_ROLE = "-c default_transaction_read_only=on -c role=researcher -c search_path=research"


def run_psql(settings: Settings, query: str | None, *, csv: bool) -> int:
    """The exit code of psql: 0, or 2 when the statement is refused (psql's sentence is on stderr)."""
    url = ensure_database(settings)
    program = _program(settings)
    options = ["--no-psqlrc", "--set=ON_ERROR_STOP=1", *(["--csv"] if csv else [])]
    command = [program, *options, "--dbname", url, *(["--command", query] if query is not None else [])]
    environment = child_environment(settings, {"PGOPTIONS": _ROLE, "PGCLIENTENCODING": "UTF8"})
    done = subprocess.run(command, env=environment, check=False)
    return 0 if done.returncode == 0 else 2


def _program(settings: Settings) -> str:
    bundled = Path(status(settings).database_programs) / "psql"
    found = str(bundled) if bundled.exists() else shutil.which("psql")
    if not found:
        raise Refusal("没有找到 psql，请安装 PostgreSQL 客户端。")
    return found
