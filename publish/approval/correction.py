"""What a correction would change, in sentences: items, scores, ranks, recommendations, documents given out."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.rubric_loading import parse_rubric
from catalogue.runs import RunDocument
from transforms.corrections import Move, compare

MOST = 12  # moves told one by one of each kind
_DECISIONS = {"recommended": "推荐", "committee": "由会议决定", "none": "不推荐"}


def tell_correction(before: RunDocument, after: RunDocument, given_out: Sequence[str] = ()) -> list[str]:
    """One sentence a kind of change; `given_out` are the files of the earlier run that would have to be replaced."""
    moved = compare(before, after)
    if moved.is_empty:
        return ["得分、名次和推荐都没有变化。"]
    labels = {item.code: item.label for item in parse_rubric(after.rubric).items}
    names = {unit.code: unit.name for unit in (*before.units, *after.units)}
    lines = [
        _tell("分项得分", moved.items, lambda move: f"{move.name}“{labels.get(move.what, move.what)}”"),
        _tell("总分", moved.scores, _named),
        _tell("名次", moved.ranks, _named),
        _tell("等次", moved.bands, _named),
        _tell("推荐", moved.decisions, _named),
        f"新增：{'、'.join(names[code] for code in moved.appeared)}" if moved.appeared else "",
        f"不再参加：{'、'.join(names[code] for code in moved.gone)}" if moved.gone else "",
        f"要重新发布的文件：{listed_files(given_out)}" if given_out else "",
        f"要重新发给乡镇的核对表：{_listed([names[code] for code in moved.touched])}",
    ]
    return [line for line in lines if line]


def listed_files(files: Sequence[str]) -> str:
    """Folder and names of the files nearest the top, the others by number."""
    ordered = sorted(files, key=lambda file: (file.count("/"), file))
    top = [file for file in ordered if file.count("/") == ordered[0].count("/")]
    named = f"{top[0].rpartition('/')[0]} 中的 " + "、".join(file.rpartition("/")[2] for file in top)
    return named + (f"，以及各单位的 {len(files) - len(top)} 个文件" if len(top) < len(files) else "")


def _tell(what: str, moves: Sequence[Move], named: object) -> str:
    assert callable(named)
    told = [f"{named(move)} {_figure(move.before)} → {_figure(move.after)}" for move in moves]
    return f"{what}变化 {len(told)} 处：{_listed(told)}" if told else ""


def _named(move: Move) -> str:
    return move.name


def _listed(told: Sequence[str]) -> str:
    return "；".join(told[:MOST]) + (f"；等 {len(told)} 处" if len(told) > MOST else "")


def _figure(value: float | str | None) -> str:
    if value is None:
        return "无"
    if isinstance(value, float):
        return f"{value:.2f}"
    return _DECISIONS.get(str(value), str(value))
