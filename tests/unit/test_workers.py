"""Worker processes: what a user sees when she interrupts while they are being made ready."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_SLOW = "import pathlib, time\npathlib.Path({marker!r}).touch()\ntime.sleep(1)\n"
_MAIN = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background starts its commands deaf to it
from catalogue.workers import prepare_workers
try:
    prepare_workers("slow_to_import")
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_an_interrupt_during_the_workers_imports_shows_no_traceback(tmp_path: Path) -> None:
    marker = tmp_path / "importing"
    (tmp_path / "slow_to_import.py").write_text(_SLOW.format(marker=str(marker)), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", _MAIN],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not marker.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert marker.exists()
    assert (process.returncode, said) == (130, "")
