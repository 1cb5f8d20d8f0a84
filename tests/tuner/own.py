"""The trainer that docs/own_trainer.md shows, and one that ends in every way a user's can."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tuner.own_trainer import Run, Stop

DOCUMENT = Path(__file__).parents[2] / "docs" / "own_trainer.md"


def write_example(folder: Path) -> Path:
    """Writes the document's two files there; gives the study's."""
    text = DOCUMENT.read_text()
    for language, name in (("python", "nca.py"), ("yaml", "nca.yaml")):
        (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        (folder / name).write_text(block)
    return folder / "nca.yaml"


def import_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test import its own `mine` from a folder, whatever earlier tests called so."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("mine", "mine_alone")]:
        del sys.modules[name]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))


class Own:
    """A score that grows with the epochs; `behaviour` says how its training goes on and ends."""

    metrics = ("score", "cost")

    def check(self, config: Mapping[str, Any]) -> None:
        if config["x"] > 1:
            raise ValueError(f"x: {config['x']} is more than 1")
        if config["x"] < 0:
            raise KeyError("y")

    def train(self, config: Mapping[str, Any], run: Run) -> Iterator[Any]:
        x, behaviour = config["x"], config.get("behaviour", "good")
        if behaviour == "nothing":
            return
        for epoch in range(run.epochs_done + 1, run.epochs + 1):
            time.sleep(config.get("epoch_seconds", 0))
            report: dict[str, Any] = {"score": (1 - (x - 0.3) ** 2) * (1 - 0.5**epoch), "cost": x}
            if epoch == 2:
                change(report, behaviour)
            if behaviour == "short" and epoch == 3:
                return
            if behaviour == "mapping":
                report = {"run": 1}
            yield report if behaviour == "stateless" else (report, str(os.getpid()).encode())


def change(report: dict[str, Any], behaviour: str) -> None:
    """What happens to the report of the second epoch."""
    match behaviour:
        case "raises":
            raise RuntimeError("the trainer broke")
        case "stops":
            raise Stop("diverged: the loss is inf")
        case "not_a_number":
            report["score"] = float("nan")
        case "unknown":
            report["scroe"] = report.pop("score")
        case "word":
            report["cost"] = "0.5"
        case _:
            pass


def always_nan(config: Mapping[str, Any], run: Run) -> Iterator[Any]:
    for _ in range(run.epochs):
        yield {"score": float("nan")}


def raises_nothing_but_a_type(config: Mapping[str, Any], run: Run) -> Iterator[Any]:
    yield {"score": 1.0}
    raise ValueError


def raises_generator_exit(config: Mapping[str, Any], run: Run) -> Iterator[Any]:
    yield {"score": 1.0}
    raise GeneratorExit


def returns_a_mapping(config: Mapping[str, Any], run: Run) -> Any:
    return {"score": 1.0}


for function in (always_nan, returns_a_mapping, raises_nothing_but_a_type, raises_generator_exit):
    function.metrics = ("score",)  # type: ignore[attr-defined]
