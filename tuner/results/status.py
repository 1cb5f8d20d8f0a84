"""Where studies stand: how many trials are in which state, and the best values so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from tuner.results.rows import cell
from tuner.study.store.study_view import StudyView


def status_of(study: StudyView) -> dict[str, Any]:
    """A study in numbers, as JSON can hold it."""
    records = study.records()
    states = Counter(record.state for record in records)
    best = {}
    for index, objective in enumerate(study.config.objectives):
        values = [record.values[index] for record in records if record.values]
        if values:
            best[objective.metric] = (max if objective.direction == "maximize" else min)(values)
    return {
        "study": study.name,
        "budget": study.config.budget.trials,
        "remaining": study.remaining,
        "completed": states["COMPLETE"],
        "stopped": states["PRUNED"],
        "failed": states["FAIL"],
        "running": states["RUNNING"],
        "waiting": states["WAITING"],
        "foreign": study.foreign,
        "front": len(study.front()),
        "best": best,
    }


def status_table(studies: Sequence[StudyView]) -> Table:
    """A row a study."""
    table = Table(title="studies", title_justify="left")
    words = ["study", "budget", "remaining", "completed", "stopped", "failed", "running", "waiting", "front"]
    for word in words:
        table.add_column(word, justify="left" if word == "study" else "right")
    table.add_column("best")
    for study in studies:
        status = status_of(study)
        best = "  ".join(f"{metric} {value:.4g}" for metric, value in status["best"].items())
        table.add_row(*(cell(str(status[word])) for word in words), cell(best))
    return table


def failures_table(study: StudyView) -> Table:
    """A row for each trial that was stopped or failed, with its reason."""
    table = Table(title="not completed", title_justify="left")
    for word in ("trial", "state", "reason"):
        table.add_column(word)
    for record in study.records():
        if record.state in ("FAIL", "PRUNED"):
            reason = str(record.attributes.get("reason", "no reason recorded"))
            table.add_row(str(record.number), record.state, cell(reason))
    return table
