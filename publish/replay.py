"""Rebuilding a run from the archive and the warehouse, to the byte, or saying what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from catalogue.periods import Period
from catalogue.rubric_loading import parse_rubric
from catalogue.runs import RunDocument
from transforms.assessment import Setting, assemble
from warehouse.archive import archived_path
from warehouse.assessment import Seen, read_bytes, read_material, recorded_digest
from warehouse.connection import Warehouse

SHOWN = 20  # differences told one by one


class Place(Protocol):
    """What a rebuilding needs to know of the settings."""

    @property
    def warehouse_url(self) -> str: ...
    @property
    def archive(self) -> Path: ...


def replay(settings: Place, run_id: int) -> list[str]:
    """What differs between the stored run and its rebuilding, in sentences; [] when both have the same bytes.

    Rubric, parameters of resampling and trends are the run's own; its inputs are derived anew from the returns it had
    seen, and every file it names must lie in the archive under its digest. Raises Refusal when there is no such run.
    """
    with Warehouse(settings.warehouse_url).transaction() as connection:
        content = read_bytes(connection, run_id)
        recorded = recorded_digest(connection, run_id)
        stored = RunDocument.from_bytes(content)
        rubric = parse_rubric(stored.rubric, stored.rubric_code)
        period = Period.parse(stored.period)
        seen = Seen(stored.snapshot.newest_submission, stored.snapshot.newest_panel_entry)
        material = read_material(connection, rubric, period, seen)
    setting = Setting(run_id, period, stored.seed, stored.issuer, stored.earlier, stored.resamples, stored.coverage)
    rebuilt = assemble(rubric, material, setting)
    return [*_sealed(content, recorded), *_archived(settings.archive, stored), *_differing(content, stored, rebuilt)]


def _sealed(content: bytes, recorded: str) -> Iterator[str]:
    if (found := hashlib.sha256(content).hexdigest()) != recorded:
        yield f"测算文件被改动：登记的摘要是 {recorded[:12]}，现在是 {found[:12]}"


def _archived(archive: Path, stored: RunDocument) -> Iterator[str]:
    """Files of the run that are not in the archive, or not with their bytes."""
    for file in stored.files:
        path = archived_path(archive, file.sha256)
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            yield f"档案中没有 {file.file_name}（{file.sha256[:12]}）"
            continue
        if found != file.sha256:
            yield f"档案中的 {file.file_name} 已被改动（{file.sha256[:12]}）"


def _differing(content: bytes, stored: RunDocument, rebuilt: RunDocument) -> Iterator[str]:
    """Where the rebuilding differs, at most SHOWN places, then how many there are."""
    if rebuilt.to_bytes() == content:
        return
    if stored.catalogue_digest != rebuilt.catalogue_digest:
        yield "目录（表单、指标或考评输入的定义）在测算之后改动过"
    found = sorted(_compare("", asdict(stored), asdict(rebuilt)), key=_order)
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield f"共 {len(found)} 处不同，以上是前 {SHOWN} 处"
    if not found:
        yield "重建后内容相同，但字节不同：测算文件不是规范写法"


def _order(said: str) -> int:
    """Causes before consequences: figures, then parameters and sources, then the rest, how sure it is last."""
    marks = (".inputs[", "parameters", "files", "sources", ".items[", "units[")
    return next((place for place, mark in enumerate(marks) if mark in said.split("：", maxsplit=1)[0]), len(marks))


def _compare(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(set(old) | set(new), key=str):
            yield from _compare(f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)) and len(old) == len(new):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _compare(f"{path}[{_named(one, place)}]", one, other)
    elif old != new:
        yield f"{path}：原为 {_short(old)}，重建为 {_short(new)}"


def _named(entry: Any, place: int) -> str:
    """What people call the entry of a list: its code or item, else its place."""
    if isinstance(entry, dict):
        return str(entry.get("code") or entry.get("item") or place)
    return str(place)


def _short(value: Any) -> str:
    text = f"{len(value)} 项" if isinstance(value, (list, tuple, dict)) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
