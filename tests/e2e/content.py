"""All that a county's warehouse, archive and outbox hold, in a form that two collections can be compared by."""

from __future__ import annotations

import hashlib
from pathlib import Path

from warehouse.connection import Warehouse

SCHEMAS = ["event", "intake", "mart", "registry", "research", "restricted"]
_NUMBERED = {"submission_id", "hash"}
_RELATIONS = """
select c.oid::regclass::text as name, bool_or(a.attname = 'submission_id') as is_numbered
from pg_class as c
inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0
where c.relnamespace::regnamespace::text = any(:schemas) and c.relkind in ('r', 'v')
group by c.oid
order by 1
"""
_ROWS = """
select (to_jsonb(t) - 'submission_id' - 'registered_at' - 'applied_at')::text || coalesce(s.sha256, '') as content
from {name} as t {join}
order by 1
"""


def content(warehouse: Warehouse) -> dict[str, list[str]]:
    """table or view -> its rows as sorted text; submissions go by their digest, the times of storing are left out."""
    found = {}
    with warehouse.transaction():
        relations = warehouse.query(_RELATIONS, {"schemas": SCHEMAS})
    for name, is_numbered in relations.itertuples(index=False):
        join = "left join intake.submission as s {}".format(
            "using (submission_id)" if is_numbered and name != "intake.submission" else "on false"
        )
        found[name] = warehouse.query(_ROWS.format(name=name, join=join))["content"].tolist()
    return found


def differences(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> str:
    """What one has and the other has not, by table or view; empty when they hold the same."""
    lines = []
    for name in sorted(found.keys() | wanted.keys()):
        has, should = found.get(name, []), wanted.get(name, [])
        if has != should:
            lines.append(f"{name}: {len(has)} rows, {len(should)} in the undisturbed collection")
            lines += [f"  only here: {row[:300]}" for row in sorted(set(has) - set(should))[:5]]
            lines += [f"  missing:   {row[:300]}" for row in sorted(set(should) - set(has))[:5]]
    return "\n".join(lines)


def digests(inbox: Path) -> dict[str, str]:
    """file name in the inbox -> sha256."""
    files = (path for path in inbox.rglob("*") if path.is_file())
    return {path.relative_to(inbox).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def files_below(folder: Path) -> set[str]:
    """Every file of the folder, hidden ones included."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def broken_files(archive: Path) -> set[str]:
    """Files of the archive that are not whole workbooks under their digests: halves and drafts."""
    return {
        name
        for name in files_below(archive)
        if name != f"{Path(name).name[:2]}/{hashlib.sha256((archive / name).read_bytes()).hexdigest()}"
    }
