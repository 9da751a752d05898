"""Worker processes that end with the process that started them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, get_context, parent_process

from catalogue.errors import Unavailable
from catalogue.interrupts import interrupts_ignored

# a dead worker's semaphores are cleared by a process of multiprocessing, which need not tell the user so
_UNTOLD = "ignore:resource_tracker:UserWarning"


def prepare_workers(preload: str) -> None:
    """The module named is being imported, beside this process, for the pools that follow."""
    if _UNTOLD not in sys.warnoptions:  # handed on to the processes started from here
        sys.warnoptions.append(_UNTOLD)
    get_context("forkserver").set_forkserver_preload([preload])
    with interrupts_ignored():  # it ends with this process, and must not show a traceback out of an import
        forkserver.ensure_running()


@contextmanager
def worker_pool(workers: int, preload: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of that many fresh processes, gone when the block ends; when it raises, what had not begun is dropped.

    The module named `preload` is imported once for all of them. Pools of one process share what the first one loaded.
    Raises Unavailable when one of them was killed.
    """
    prepare_workers(preload)
    pool = ProcessPoolExecutor(workers, mp_context=get_context("forkserver"), initializer=_end_with_parent)
    try:
        yield pool
    except BrokenProcessPool:
        raise Unavailable(
            "一个工作进程被强行终止（可能内存不足）：没有写入半截数据，请重新执行同一命令，或调小 TAIZHANG_WORKERS。"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """This worker dies silently on Ctrl-C and when its parent is killed, of which the pool's queue would not tell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
