"""A study of which every stored word would act if a page took it for markup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from optuna import load_study
from optuna_dashboard import save_note
from sqlalchemy import make_url

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import optuna_storage
from tuner.study.trial import Report, TrialSpec

ACT = "window.acted = true"
MARKS = [
    f"</script><script>{ACT}</script>",
    f'<img src=x onerror="{ACT}">',
    f'"><svg onload="{ACT}">',
    f"<!--<script>{ACT}//",
    f'<a href="javascript:{ACT}">here</a>',
]
NAME = MARKS[0]


def fill(storage: str, folder: Path) -> StudyView:
    """Runs a study called so: its choices, the reasons of its trials and its note are the marks."""

    def train(spec: TrialSpec) -> Iterator[Report]:
        if spec.number % 3 == 1:
            raise RuntimeError(spec.config["kind"])
        if spec.number % 3 == 2:
            yield Report(1, {"score": 0.1, "cost": 0.1}, stopped=str(spec.config["kind"]))
        else:
            yield from toy.train(spec)

    kinds = {"search": "categorical", "choices": MARKS}
    config = toy_config(study=NAME, kind=kinds, trials=12, failures=50, sampler={"name": "random", "seed": 0})
    study = launch_toy(config, storage, folder, train=train).study
    save_note(load_study(study_name=NAME, storage=optuna_storage(make_url(storage))), "\n\n".join(MARKS))
    return study
