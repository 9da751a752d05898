"""What a run of the index chain did to the data, entry by entry: nothing is changed or left out without one."""

from dataclasses import dataclass, field

import pandas as pd

JOURNAL_COLUMNS = ("step", "severity", "indicator", "unit", "message")


@dataclass
class Journal:
    """Collects entries in the order of the steps. `severity` is 'info' (done as asked) or 'warn' (look at it)."""

    entries: list[tuple[str, str, str | None, str | None, str]] = field(default_factory=list)

    def note(self, step: str, message: str, *, indicator: str | None = None, unit: str | None = None) -> None:
        """An entry with severity 'info' is appended; `message` is Chinese."""
        self.entries.append((step, "info", indicator, unit, message))

    def warn(self, step: str, message: str, *, indicator: str | None = None, unit: str | None = None) -> None:
        """An entry with severity 'warn' is appended; `message` is Chinese."""
        self.entries.append((step, "warn", indicator, unit, message))

    def table(self) -> pd.DataFrame:
        """The entries, one a row, with the columns of JOURNAL_COLUMNS."""
        return pd.DataFrame(self.entries, columns=pd.Index(JOURNAL_COLUMNS), dtype=object)
