"""Who notices a signal: the process that was sent it, and none that it was forked from."""

from __future__ import annotations

import signal
import subprocess
import sys

from tests.acceptance.command_line import ROOT, environment

FORKED = """
import os, signal, time
from tuner.run.signals import stop_signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores for what it runs behind
with stop_signal(3600) as stop:
    there, ready = os.pipe()
    child = os.fork()
    if not child:
        os.write(ready, b"1")
        time.sleep(3600)
    os.read(there, 1)
    os.kill(child, signal.SIGTERM)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGTERM, status
    assert stop.received is None
    os.kill(os.getpid(), signal.SIGINT)
    assert stop.received is signal.SIGINT
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
assert signal.set_wakeup_fd(-1) == -1
"""

LATE = """
import os, signal, threading
from tuner.run.signals import stop_signal

with stop_signal(1, lambda seconds: print("left", seconds, flush=True)):
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait()
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_forked_childs_signal_is_its_own_and_all_is_given_back() -> None:
    ended = run(FORKED)
    assert ended.returncode == 0, ended.stderr


def test_who_does_not_end_in_time_is_ended() -> None:
    ended = run(LATE)
    assert (ended.returncode, ended.stdout) == (128 + signal.SIGTERM, "left 0.1\n"), ended.stderr
