"""What needs LibreOffice or a browser: the same fictional run and sources as the unit tests of publishing."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "publish"))
