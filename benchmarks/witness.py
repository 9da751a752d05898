"""Runs one command and says what it and everything it started took: `python -m benchmarks.witness COMMAND...`.

A process of its own for every measurement, importing nothing, so that the kernel's account of its descendants is the
account of that command alone. Descendants left behind (a fork server, say) are adopted and waited for. Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time

_PR_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> int:
    """Prints one line of JSON: wall and cpu (seconds), peak (MB, of the largest process), answer (its last line)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begun = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    wall = time.monotonic() - begun
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = done.stdout.decode().strip().splitlines()
    report = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}
    print(json.dumps(report | {"answer": lines[-1] if lines else ""}))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
