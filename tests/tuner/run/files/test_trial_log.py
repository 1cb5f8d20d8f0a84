"""A trial's log: what it printed, warned and raised, of every attempt; nothing of it on stdout."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.full_disk import disk_full_above
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import StudyFailed
from tuner.run.files.trial_log import LOG, TrialLog
from tuner.run.worker import reports_of
from tuner.study.trial import Report, TrialSpec


def talks(spec: TrialSpec) -> Iterator[Report]:
    for report in toy.train(spec):
        print(f"epoch {report.epoch} printed")
        print("to stderr", file=sys.stderr)
        yield report


def spec_in(folder: Path, attempt: int = 1) -> TrialSpec:
    return TrialSpec(4, {}, {"x": 0.5}, 2, "score", "maximize", 1, str(folder), attempt=attempt)


def logs(runs: Path) -> list[str]:
    return [path.read_text() for path in sorted(runs.glob(f"*/trial-*/{LOG}"))]


def test_each_trial_has_its_output_and_stdout_has_none(
    sqlite_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    launch_toy(toy_config(trials=2, epochs=3), sqlite_url, tmp_path, train=talks)
    for number, log in enumerate(logs(tmp_path / "runs")):
        assert f"trial {number}, attempt 1, on " in log.splitlines()[0]
        assert [f"epoch {epoch} printed" in log for epoch in (1, 2, 3, 4)] == [True] * 3 + [False]
        assert log.count("to stderr") == 3
        assert log.splitlines()[-1].endswith("epoch 3 was the last; it ran to its end")
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err.count("epoch 2 printed") == 2


def test_a_traceback_is_in_the_log(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StudyFailed):
        launch_toy(toy_config(behaviour="raises", failures=0), sqlite_url, tmp_path)
    (log,) = logs(tmp_path / "runs")
    assert "Traceback (most recent call last):" in log
    assert log.rstrip().endswith("RuntimeError: the trainer broke")


WORKER = """
import os, sys, threading, warnings
from tests.tuner import toy
from tuner.run.worker import reports_of
from tuner.study.trial import TrialSpec

def talks(spec):
    for report in toy.train(spec):
        print("printed")
        os.write(1, b"from C\\n")
        thread = threading.Thread(target=print, args=("from a thread",))
        thread.start()
        thread.join()
        warnings.warn("beware", stacklevel=1)
        yield report

for number in (0, 1):
    folder = os.path.join(sys.argv[1], str(number))
    spec = TrialSpec(number, {}, {"x": 0.5}, 2, "score", "maximize", 1, folder)
    list(reports_of(talks, spec, {"node": "here", "device": "gpu:3"}))
    print("between trials", flush=True)
"""


def test_a_worker_logs_what_c_code_writes_and_each_trials_warnings(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("between trials\n" * 2, "")
    for number in (0, 1):
        log = (tmp_path / str(number) / LOG).read_text()
        assert log.startswith("20")
        assert f"trial {number}, attempt 1, on here, gpu:3" in log
        counts = [log.count(text) for text in ("printed\n", "from C\n", "from a thread\n", "beware\n")]
        assert counts == [2, 2, 2, 1]


def test_a_log_that_cannot_be_written_costs_no_trial(tmp_path: Path) -> None:
    (tmp_path / LOG).mkdir()
    for place in ({"node": "here", "device": "gpu:3"}, {"node": "here", "device": "process:7"}):
        (*_, last) = reports_of(talks, spec_in(tmp_path), place)
        assert last.result is not None


def test_a_full_disk_costs_no_trial(tmp_path: Path) -> None:
    with disk_full_above(64):
        (*_, last) = reports_of(talks, spec_in(tmp_path), {"node": "here", "device": "process:7"})
    assert last.result is not None


def test_other_threads_write_where_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with TrialLog(str(tmp_path), shares_process=True) as log, log.capturing():
        thread = threading.Thread(target=print, args=("progress",), kwargs={"file": sys.stderr})
        thread.start()
        thread.join()
        print("training")
        kept = sys.stdout
    print("later", file=kept)
    assert (tmp_path / LOG).read_text() == "training\n"
    assert capsys.readouterr().err == "progress\ntraining\nlater\n"
