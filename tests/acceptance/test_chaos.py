"""A short run of chaos keeps every promise, and the audit finds each promise that is broken."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.chaos.audit import PROMISES, audit
from benchmarks.chaos.drill import Drill, Drilled
from benchmarks.chaos.faults import SECOND_DRIVER, WORKER, Fault
from benchmarks.chaos.launch import Launch
from benchmarks.chaos.leaks import leaks
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.server import Server
from benchmarks.chaos.tally import table
from benchmarks.chaos.undisturbed import differences

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]

COPIES = itertools.count()
FAULTS = (
    Fault(WORKER, 2, 0.5, 0),
    Fault("checkpoint truncated", 3, 0.5, 0),
    Fault("database crashed", 1, 0.5, 0),
    Fault(SECOND_DRIVER, 2, 0.5, 0),
)
TRIALS = 8


@dataclass(frozen=True)
class Short(Plan):
    """A worker and a driver die, a checkpoint is damaged, the database crashes, a second driver comes."""

    def faults(self) -> Iterator[Fault]:
        """Those, in this order."""
        yield from FAULTS

    @classmethod
    def of_two_devices(cls) -> Short:
        drawn = Plan.drawn(5, 0)
        short = {
            "budget": {"trials": TRIALS, "epochs": 10, "failures": 1000},
            "keep": {"checkpoint_seconds": 0},
        }
        return cls(drawn.seed, drawn.config | short | {"early_stopping": {"name": "none"}}, 2)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        server = Server(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="module")
def drilled(server: Server) -> Iterator[Drilled]:
    """A study that went through its faults, and the store that it left."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:  # the names of Ray's sockets are short
        yield Drill(Short.of_two_devices(), server, Path(folder), print).run(lambda _: False)


def test_every_promise_is_kept(drilled: Drilled) -> None:
    assert drilled.violations == []
    assert drilled.injected == {fault.kind: 1 for fault in FAULTS}
    assert drilled.launches == 3
    assert drilled.compared >= 2
    assert table([drilled, drilled]).splitlines()[-1] == (
        f"| all: 2 studies, {2 * drilled.launches} launches, {2 * drilled.compared} resumed trainings | "
        f"{2 * len(FAULTS)} | 0 |"
    )


COMPLETE = "(SELECT max(trial_id) FROM trials WHERE state = 'COMPLETE')"
FAILED = "(SELECT min(trial_id) FROM trials WHERE state = 'FAIL')"
RESUMED = (
    "(SELECT min(trial_id) FROM trials JOIN trial_user_attributes USING (trial_id) "
    "WHERE key = 'follows' AND state = 'COMPLETE')"
)
FOLLOWED = (
    f"(SELECT trial_id FROM trials WHERE number = (SELECT value_json::int FROM trial_user_attributes "
    f"WHERE key = 'follows' AND trial_id = {RESUMED}))"
)
UNIQUE = "ALTER TABLE tuner_reports DROP CONSTRAINT tuner_reports_pkey"
BROKEN = [
    (
        "budget",
        f"UPDATE trials SET state = 'FAIL' WHERE trial_id = {COMPLETE}",
        f"{TRIALS - 1} trials completed or stopped",
    ),
    ("running", f"UPDATE trials SET state = 'RUNNING' WHERE trial_id = {FAILED}", "is RUNNING"),
    ("running", f"UPDATE trials SET state = 'WAITING' WHERE trial_id = {FAILED}", "is WAITING"),
    ("numbers", "UPDATE trials SET number = 0 WHERE number = 1", "2 trials have the number 0"),
    (
        "reports",
        f"{UNIQUE}; INSERT INTO tuner_reports SELECT * FROM tuner_reports WHERE trial_id = {COMPLETE}",
        "is stored 2 times",
    ),
    ("values", f"DELETE FROM trial_values WHERE trial_id = {COMPLETE} AND objective = 0", "values for"),
    (
        "completeness",
        f"DELETE FROM trial_user_attributes WHERE trial_id = {COMPLETE} AND key IN ('ari', 'nmi')",
        "lacks ari, nmi",
    ),
    ("reasons", f"DELETE FROM trial_user_attributes WHERE trial_id = {FAILED} AND key = 'reason'", "is FAIL"),
    ("attempts", f"UPDATE trials SET state = 'COMPLETE' WHERE trial_id = {FOLLOWED}", "ended 2 times"),
    (
        "attempts",
        f"INSERT INTO trial_user_attributes (trial_id, key, value_json) SELECT {COMPLETE}, key, value_json "
        f"FROM trial_user_attributes WHERE key = 'follows' AND trial_id = {RESUMED}",
        "is gone on from 2 times",
    ),
    (
        "attempts",
        f"DELETE FROM trial_user_attributes WHERE trial_id = {RESUMED} AND key = 'retry_of'",
        "is lost",
    ),
    (
        "epochs",
        f"INSERT INTO tuner_reports SELECT {FOLLOWED}, epoch, metrics, at FROM tuner_reports "
        f"WHERE trial_id = {RESUMED} AND epoch = 10",
        "was reported by 2 attempts",
    ),
    (
        "epochs",
        f"DELETE FROM tuner_reports WHERE trial_id = {COMPLETE} AND epoch = 3",
        "9 epochs up to epoch 10",
    ),
    (
        "epochs",
        f"DELETE FROM tuner_reports WHERE trial_id = {COMPLETE} AND epoch = 10",
        "after epoch 9 of 10",
    ),
]


@pytest.mark.parametrize(("promise", "harm", "said"), BROKEN)
def test_the_audit_names_a_broken_promise(
    promise: str, harm: str, said: str, drilled: Drilled, server: Server
) -> None:
    copy = copied(server)
    server.execute(harm, (), copy)
    connection = server.connect(copy)
    found = audit(connection, drilled.study)
    connection.close()
    assert any(each.promise == promise and said in each.what for each in found), found


def test_every_promise_can_be_broken() -> None:
    assert {promise for promise, _, _ in BROKEN} == set(PROMISES)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            "UPDATE tuner_reports SET metrics = jsonb_set(metrics::jsonb, '{loss}', "
            f"to_jsonb((metrics ->> 'loss')::float8 * (1 + 2.3e-16::float8))) WHERE trial_id = {RESUMED}",
            "such as loss",
        ),
        (
            f"UPDATE trial_user_attributes SET value_json = '0.5' WHERE trial_id = {RESUMED} AND key = 'ari'",
            "such as ari 0.5",
        ),
    ],
)
def test_a_resumed_training_that_went_another_way_is_found(
    harm: str, said: str, drilled: Drilled, server: Server
) -> None:
    copy = copied(server)
    server.execute(harm, (), copy)
    connection = server.connect(copy)
    compared, found = differences(connection, drilled.study)
    connection.close()
    assert compared == drilled.compared
    assert any(each.promise == "metrics" and said in each.what for each in found), found


def copied(server: Server) -> str:
    name = f"copy_{next(COPIES)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE tuner")
    return name


def test_a_file_with_the_password_is_found(tmp_path: Path) -> None:
    (tmp_path / "ray" / "logs").mkdir(parents=True)
    (tmp_path / "ray" / "logs" / "worker.out").write_bytes(b"\x00 secret-of-ours \x00")
    (tmp_path / "output-0.txt").write_text("nothing of it")
    assert [str(each) for each in leaks(tmp_path, "secret-of-ours")] == [
        "secrets: ray/logs/worker.out holds the password"
    ]


def test_an_ending_that_nothing_explains_is_found(tmp_path: Path) -> None:
    launch = Launch(Short.of_two_devices(), "nonsense://", tmp_path, 0)
    launch.wait()
    (found,) = launch.violations()
    assert (found.promise, launch.exit_code) == ("endings", 2)
    assert "exit code 2" in found.what
    launch.output_file.write_text("Traceback (most recent call last):\nKeyError: 3")
    assert any("a bare trace" in each.what for each in launch.violations())
    launch.output_file.write_text("epoch 3 of trial 2 cannot be stored, and is left out: too long")
    assert [each.promise for each in launch.violations()] == ["endings", "events"]


def test_the_same_seed_has_the_same_plan() -> None:
    once, again, other = (Plan.drawn(seed, 3) for seed in (1, 1, 2))
    assert once == again != other
    assert list(islice(once.faults(), 20)) == list(islice(again.faults(), 20))
    assert list(islice(once.faults(), 20)) != list(islice(other.faults(), 20))
