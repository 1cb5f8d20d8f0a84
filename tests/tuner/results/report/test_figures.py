"""What figures compute, by hand: hypervolumes, idle times, device-hours, reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.tuner.configs import toy_config
from tests.tuner.driven import Driven
from tuner.results.report.figures.device_timeline import Gap, gaps
from tuner.results.report.figures.failures import failures
from tuner.results.report.figures.front import front
from tuner.results.report.figures.hypervolume import hypervolume
from tuner.results.report.reported_study import Attempt, ReportedStudy
from tuner.store.tables.creation import make_store
from tuner.study.outcome import Completed, Failed, Outcome
from tuner.study.trial_record import TrialRecord

BEGUN = datetime(2026, 1, 1)


def read(storage: str, outcomes: list[Outcome], folder: Path) -> ReportedStudy:
    study = Driven(make_store(storage, ["score", "cost"]), toy_config(trials=20))
    with study.driving():
        for outcome in outcomes:
            study.tell(study.ask(folder), outcome)
        return ReportedStudy.read(study.view, folder)


def test_the_hypervolume_is_a_share_of_the_box(sqlite_url: str, tmp_path: Path) -> None:
    ends = [(0.0, 1.0), (0.5, 0.5), (0.25, 0.75), (1.0, 0.0)]
    study = read(sqlite_url, [Completed({"score": score, "cost": cost}) for score, cost in ends], tmp_path)
    over_trials, _ = hypervolume(study)
    (line,) = over_trials.traces
    assert (line["x"], line["y"]) == ([1, 2, 3, 4], [0.0, 0.25, 0.25, 1.0])


def test_a_replicated_trial_has_its_interval(sqlite_url: str, tmp_path: Path) -> None:
    results = [{"score": 0.4, "cost": 0.5}, {"score": 0.6, "cost": 0.5}]
    study = read(sqlite_url, [Completed({"score": 0.5, "cost": 0.5}, results)], tmp_path)
    (figure,) = front(study)
    (points,) = [trace for trace in figure.traces if trace["name"] == "front"]
    assert points["error_y"]["array"] == [pytest.approx(0.1 * 12.706, rel=1e-3)]
    assert "error_x" not in points


def attempts() -> Iterator[Attempt]:
    for number, (started, ended) in enumerate([(0, 2), (1, 3), (4, 5), (5, 6)]):
        record = TrialRecord(number, "COMPLETE", {}, (), {}, None, None)
        yield Attempt(record, "a", BEGUN + timedelta(hours=started), BEGUN + timedelta(hours=ended))


def test_a_device_is_idle_between_attempts() -> None:
    assert list(gaps(list(attempts()), BEGUN)) == [Gap("a", 3.0, 1.0)]


def test_equal_reasons_stand_together(sqlite_url: str, tmp_path: Path) -> None:
    reasons = ["no memory for 512 images", "no memory for 1024 images", "another"]
    (figure,) = failures(read(sqlite_url, [Failed(each) for each in reasons], tmp_path))
    (bars,) = figure.traces
    assert dict(zip(bars["y"], bars["x"], strict=True)) == {"no memory for N images": 2, "another": 1}
