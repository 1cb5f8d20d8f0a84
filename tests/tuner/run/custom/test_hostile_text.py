"""Whatever a user's code says: whole in its reports, and one clean line wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.own import import_from
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.run.custom.loading import trainable_of
from tuner.run.custom.trainable import CustomTrainable
from tuner.run.launch import check_config
from tuner.run.worker import reports_of
from tuner.study.trial import Report, TrialSpec
from tuner.terminal_text import one_line

SOURCE = r"""
from tuner.own_trainer import Stop

class Mine:
    metrics = ("score",)

    def check(self, config):
        if config["x"] < 0:
            raise ValueError(MESSAGE)
        if config["x"] > 1:
            raise KeyError(MESSAGE)

    def train(self, config, run):
        yield {"score": 0.5}
        if config["x"] == 0:
            raise Stop(MESSAGE)
        if config["x"] == 1:
            raise RuntimeError(MESSAGE)
        yield {MESSAGE: 0.5}

MESSAGE = "a\nb \x1b[31mred\x00"
"""
MESSAGE = "a\nb \x1b[31mred\x00"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "mine.py").write_text(SOURCE)
    import_from(tmp_path, monkeypatch)
    yield tmp_path
    import_from(tmp_path, monkeypatch)  # the next test's is another


def study(x: float) -> StudyConfig:
    return toy_config(x=x, objectives=SINGLE, trainable="mine:Mine")


def last_report(x: float, folder: Path) -> Report:
    train = CustomTrainable.named("mine:Mine").train
    spec = TrialSpec(0, {}, {"x": x}, 2, "score", "maximize", 1, str(folder))
    *_, last = reports_of(train, spec, {"node": "here", "device": "cpu"})
    return last


def test_reasons_are_whole_in_reports_and_one_line_when_shown(mine: Path) -> None:
    stopped = last_report(0, mine).stopped
    assert stopped == MESSAGE
    assert one_line(stopped) == "a"
    error = last_report(1, mine).error
    assert error is not None
    assert error.endswith(f"RuntimeError: {MESSAGE}\n")
    assert one_line(error) == "RuntimeError: a"


def test_a_metric_nobody_knows_is_named_in_one_line(mine: Path) -> None:
    error = last_report(0.5, mine).error
    assert error == (
        r'epoch 2: the report has "a\nb \u001b[31mred\u0000" and lacks score; its metrics are score'
    )


@pytest.mark.parametrize(("x", "message"), [(-1, r"a b red\x00"), (2, "check raised KeyError: 'a\\nb ")])
def test_a_check_is_one_line(x: float, message: str, mine: Path) -> None:
    with pytest.raises(UsageError) as caught:
        check_config(study(x), trainable_of(study(x), allow_code=True))
    assert str(caught.value).startswith(f'study "toy": train: {message}')
    assert str(caught.value).isprintable()
