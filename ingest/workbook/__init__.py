"""The reader: from workbooks as townships send them to a batch of typed rows, with every remark about what was found.

`read_batch` and `read_identity` are all the rest of the platform needs. pandas is imported only when they are called:
the sandboxed process that reads untrusted files imports this package as well and must start quickly.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.models import Form, Synonyms
from ingest.workbook.received import Identity, ReceivedFile

if TYPE_CHECKING:
    from catalogue.returns import ReturnBatch

__all__ = ["Identity", "ReceivedFile", "read_batch", "read_identity"]


def read_batch(files: Sequence[ReceivedFile], form: Form, synonyms: Synonyms, *, workers: int = 1) -> ReturnBatch:
    """All files as one batch; `return_no` is the file's place in `files`.

    Never raises for what is in a file: one that cannot be read has the finding F01 in `structure` and nothing else.
    `workers` > 1 reads in as many processes at once.
    """
    from ingest.workbook.batch import read_batch as read  # noqa: PLC0415 (see above)

    return read(files, form, synonyms, workers=workers)


def read_identity(path: Path, form: Form, synonyms: Synonyms) -> Identity:
    """Whose return the file is and of which month, by its cover; a cheap look that never raises for what is in it."""
    from ingest.workbook.files import identify_file  # noqa: PLC0415 (see above)

    return identify_file(path, form, synonyms, date.today())
