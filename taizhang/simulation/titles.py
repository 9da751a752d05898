"""Picks titles so that no two events of one kind within a day of each other read alike (rule S02 stays silent)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

NEAR = timedelta(days=1)


class TitlePicker:
    """Remembers which wording was used when, for one township."""

    def __init__(self, villages: Sequence[str]) -> None:
        self._villages = villages
        self._used: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)

    def forget_before(self, day: date) -> None:
        """Drops what can no longer lie within a day of anything new."""
        for key, used in self._used.items():
            self._used[key] = [entry for entry in used if entry[0] >= day]

    def pick(self, rng: Random, sheet: str, kind: str, day: date, wordings: Sequence[str]) -> str | None:
        """A title for the day, or None when every wording of the kind stands within a day of it already."""
        used = self._used[sheet, kind]
        near = {wording for other, wording in used if abs(other - day) <= NEAR}
        free = [wording for wording in wordings if wording not in near]
        if not free:
            return None
        wording = rng.choice(free)
        used.append((day, wording))
        return wording.format(v=rng.choice(self._villages))
