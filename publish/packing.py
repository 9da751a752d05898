"""Office files as bytes that depend on their content only: members in order, their times fixed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say


def repack(package: bytes, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """The same package with every member's time fixed; members named in `replaced` have that content instead."""
    changed = dict(replaced or {})
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            plain = zipfile.ZipInfo(member.filename, _MOMENT)
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.external_attr = 0o600 << 16
            target.writestr(plain, changed.get(member.filename, source.read(member)))
    return made.getvalue()
