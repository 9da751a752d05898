"""Processes we start: known again, never confused with others, stopped whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from catalogue.errors import Refusal
from taizhang.local.processes import Service, choose_port, started

# A leader that starts a child in a process group of its own, as Airflow's supervisors do, and waits.
FAMILY = (
    "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60'], process_group=0); print(p.pid, flush=True); "
)


def service(folder: Path) -> Service:
    return Service("part", folder / "run", folder / "part.log")


def begin(part: Service, program: str) -> None:
    part.start([sys.executable, "-c", program], dict(os.environ), {"A": "1"}, Path("/"))


def child_of(part: Service) -> int:
    deadline = time.monotonic() + 10
    while not part.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    return int(part.log.read_text())


def test_stopping_takes_the_whole_family_also_after_the_leader_was_killed(tmp_path: Path) -> None:
    part = service(tmp_path)
    begin(part, FAMILY + "time.sleep(60)")
    child, leader = child_of(part), part.pid()
    assert leader is not None and started(child)
    os.kill(leader, signal.SIGKILL)
    while started(leader):
        time.sleep(0.01)
    assert part.pid() is None
    assert started(child), "the child outlives its leader"
    part.stop()
    assert started(child) is None


def test_a_leader_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    part = service(tmp_path)
    begin(part, "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)")
    child_of(part)
    part.stop(patience=0.1)
    assert part.pid() is None


def test_a_process_that_was_given_the_pid_of_ours_is_left_alone(tmp_path: Path) -> None:
    part = service(tmp_path)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "part.json").write_text(json.dumps({"pid": other.pid, "started": "another boot 1"}))
        assert part.pid() is None
        part.stop()
        assert other.poll() is None
        other.kill()


def test_a_running_part_is_recognised_by_the_settings_it_was_started_with(tmp_path: Path) -> None:
    part = service(tmp_path)
    begin(part, "import time; time.sleep(60)")
    assert part.runs_with({"A": "1"})
    assert not part.runs_with({"A": "2"})
    part.stop()
    assert not part.runs_with({"A": "1"})


def test_a_process_is_told_from_all_others_that_ever_had_its_pid() -> None:
    assert started(os.getpid()) == started(os.getpid())
    later = subprocess.Popen(["sleep", "60"])
    assert started(later.pid) != started(os.getpid())
    later.kill()
    later.wait()
    assert started(later.pid) is None
    assert psutil.pid_exists(os.getpid())


def test_ports_are_free_and_remembered() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert choose_port(0, port, "it") != port
        with pytest.raises(Refusal, match=str(port)):
            choose_port(port, None, "it")
    assert choose_port(port, None, "it") == port
    assert choose_port(0, port, "it") == port
