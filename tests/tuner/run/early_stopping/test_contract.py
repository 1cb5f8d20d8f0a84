"""What every early-stopping rule does, with one objective and with several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.tuner.configs import toy_config
from tuner.run.early_stopping import early_stopping_of
from tuner.run.early_stopping.rule import EarlyStopping

EPOCHS, GRACE, TRIALS = 9, 2, 24
Report = tuple[int, int, tuple[float, ...]]


def rule_of(name: str) -> EarlyStopping:
    options: dict[str, Any] = {"asha": {"reduction_factor": 2}, "median": {"startup_trials": 3}, "none": {}}
    early_stopping = {"name": name, **options[name]}
    return early_stopping_of(toy_config(early_stopping=early_stopping, epochs=EPOCHS, grace_epochs=GRACE))


def curves(objectives: int, seed: int = 0) -> np.ndarray:
    """Losses `(trial, epoch, objective)`: falling in the first, constant in the others, as costs are."""
    rng = np.random.default_rng(seed)
    final = rng.random((TRIALS, 1, objectives))
    falling = 1 / (1 + np.arange(EPOCHS)) * rng.random((TRIALS, 1))
    losses = np.repeat(final, EPOCHS, axis=1)
    losses[:, :, 0] += falling
    return losses


def run(rule: EarlyStopping, losses: np.ndarray, first: int = 0) -> tuple[list[Report], list[str | None]]:
    """Train trials one after another, each until it is stopped; the reports, and why each was stopped."""
    reports: list[Report] = []
    reasons: list[str | None] = []
    for trial in range(first, len(losses)):
        reason = None
        for epoch in range(1, EPOCHS + 1):
            reports.append((trial, epoch, tuple(losses[trial, epoch - 1].tolist())))
            reason = rule.observe(*reports[-1])
            if reason:
                break
        reasons.append(reason)
    return reports, reasons


def replayed(rule: EarlyStopping, reports: Sequence[Report]) -> EarlyStopping:
    for report in reports:
        rule.observe(*report)
    return rule


pytestmark = [
    pytest.mark.parametrize("objectives", [1, 2, 3]),
    pytest.mark.parametrize("name", ["asha", "median", "none"]),
]


def test_it_stops_some_and_leaves_some(name: str, objectives: int) -> None:
    _, reasons = run(rule_of(name), curves(objectives))
    stopped = sum(reason is not None for reason in reasons)
    assert stopped == 0 if name == "none" else 0 < stopped < TRIALS
    assert all(reason.startswith(f"{name}: ") for reason in reasons if reason)


def test_grace_epochs_and_the_last_epoch_are_everyones(name: str, objectives: int) -> None:
    reports, reasons = run(rule_of(name), curves(objectives))
    last = {trial: epoch for trial, epoch, _ in reports}
    stopped_at = [last[trial] for trial, reason in enumerate(reasons) if reason]
    assert all(GRACE <= epoch < EPOCHS for epoch in stopped_at)


@pytest.mark.parametrize("seed", range(5))
def test_what_nothing_dominates_goes_on(name: str, objectives: int, seed: int) -> None:
    losses = curves(objectives, seed)
    losses[-1] = losses[:-1].min(axis=(0, 1))
    losses[-1, :, 0] = losses[:-1, :, 0].max() + 1  # the worst in the first objective
    if objectives == 1:
        losses[-1, :, 0] = -1.0
    else:
        losses[-1, :, 1] = -1.0  # but cheaper than all
    _, reasons = run(rule_of(name), losses)
    assert reasons[-1] is None


@pytest.mark.parametrize("order", [1, -1])
def test_a_resume_decides_as_if_it_had_not_been_interrupted(name: str, objectives: int, order: int) -> None:
    losses = curves(objectives).round(1)  # with many ties
    reports, reasons = run(rule_of(name), losses)
    half = TRIALS // 2
    earlier = [report for report in reports if report[0] < half]
    resumed = replayed(rule_of(name), earlier[::order])
    assert run(resumed, losses, half)[1] == reasons[half:]


def test_a_report_that_comes_again_changes_nothing(name: str, objectives: int) -> None:
    losses = curves(objectives)
    reports, reasons = run(rule_of(name), losses[:-1])
    rule = replayed(replayed(rule_of(name), reports), reports)
    assert run(rule, losses, TRIALS - 1)[1] == run(rule_of(name), losses)[1][-1:]
    assert len(reasons) == TRIALS - 1


def test_units_do_not_count(name: str, objectives: int) -> None:
    losses = curves(objectives)
    scaled = losses * np.array([1.0, 1e3, 1e-3])[:objectives] + math.pi
    assert run(rule_of(name), scaled)[1] == run(rule_of(name), losses)[1]
