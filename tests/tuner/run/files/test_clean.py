"""What stays of a study's files: what runs or waits can go on, the front has its models, all else goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.confirming import confirm_toy, judged
from tests.tuner.launching import launch_toy
from tuner.config.sections import Keep
from tuner.run.confirm.jobs import Wanted
from tuner.run.files.clean import MODELS, STATES, clean
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import Report, Train, TrialSpec
from tuner.study.trial_record import front_of

ALL = {"states": "all", "models": "all"}


def leaving(train: Train) -> Train:
    """A training that leaves every file a training can leave, and one that nobody but its user knows."""

    def left(spec: TrialSpec) -> Iterator[Report]:
        folder = Path(spec.folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*STATES, *MODELS, ".model.safetensors.4711", "notes.txt"):
            (folder / name).write_text('{"epoch": 0}')
        yield from train(spec)

    return left


def folder_of(view: StudyView, runs: Path) -> Path:
    return runs / "runs" / view.folder_name


def holders(folder: Path, name: str) -> set[int]:
    """The trials that have a file of this name in their folder."""
    return {int(path.parent.name.removeprefix("trial-")) for path in folder.glob(f"trial-*/{name}")}


def test_states_go_and_the_front_alone_keeps_its_models(storage_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(trials=8), storage_url, tmp_path, train=leaving(toy.train)).study
    folder, front = folder_of(view, tmp_path), {record.number for record in view.front()}
    assert 0 < len(front) < 8
    assert [holders(folder, name) for name in (*STATES, ".model.safetensors.4711")] == [set()] * 4 + [front]
    assert [holders(folder, name) for name in MODELS] == [front, front]
    assert holders(folder, "notes.txt") == set(range(8))


def test_nothing_goes_if_all_is_to_stay(sqlite_url: str, tmp_path: Path) -> None:
    launched = launch_toy(toy_config(trials=3, keep=ALL), sqlite_url, tmp_path, train=leaving(toy.train))
    folder = folder_of(launched.study, tmp_path)
    assert {frozenset(holders(folder, name)) for name in (*STATES, *MODELS)} == {frozenset(range(3))}
    launch_toy(toy_config(trials=3), sqlite_url, tmp_path)
    assert StudyStore.open(sqlite_url).load("toy").config.keep == Keep()
    assert holders(folder, STATES[0]) == set()


def test_all_trainings_of_a_trial_are_cleaned(sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(trials=6, replicates={"seeds": 2, "when": "always"}, train={"x": 0.5, "seed": 0})
    folder = folder_of(launch_toy(config, sqlite_url, tmp_path, train=leaving(toy.train)).study, tmp_path)
    assert list(folder.glob("trial-*/training-2"))
    assert not [path for name in STATES for path in folder.rglob(name)]


@pytest.mark.parametrize("behaviour", ["raises", "diverges"])
def test_a_trial_without_a_result_leaves_nothing(behaviour: str, sqlite_url: str, tmp_path: Path) -> None:
    choices = {"search": "categorical", "choices": [behaviour, "good"]}
    config = toy_config(trials=5, behaviour=choices)
    view = launch_toy(config, sqlite_url, tmp_path, train=leaving(toy.train)).study
    assert any(record.state != "COMPLETE" for record in view.records())
    assert holders(folder_of(view, tmp_path), MODELS[0]) == {record.number for record in view.front()}


def test_what_can_go_on_keeps_its_files_and_goes_on_from_them(sqlite_url: str, tmp_path: Path) -> None:
    def quits(spec: TrialSpec) -> Iterator[Report]:
        for report in leaving(toy.train)(spec):
            yield report
            if spec.number == 3 and report.epoch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        launch_toy(toy_config(trials=5), sqlite_url, tmp_path, train=quits)
    view = StudyStore.open(sqlite_url).load("toy")
    folder = folder_of(view, tmp_path)
    clean(view, folder, Keep())
    assert holders(folder, "state.safetensors") == holders(folder, "notes.txt") - set(range(3)) == {3}
    begun = []

    def goes_on(spec: TrialSpec) -> Iterator[Report]:
        begun.append((spec.origin, spec.reported))
        yield from toy.train(spec)

    launch_toy(toy_config(trials=5), sqlite_url, tmp_path, train=goes_on)
    assert begun == [(3, 2), (5, 0)]
    assert holders(folder, "state.safetensors") == set()


def test_only_the_files_of_its_trials_are_touched(sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(trials=4, keep=ALL)
    view = launch_toy(config, sqlite_url, tmp_path, train=leaving(toy.train)).study
    folder, outside = folder_of(view, tmp_path), tmp_path / "elsewhere"
    loser = min(set(range(4)) - {record.number for record in view.front()})
    (folder / f"trial-{loser:05d}").rename(outside)
    (folder / f"trial-{loser:05d}").symlink_to(outside)
    unknown = folder / "trial-00777"
    unknown.mkdir()
    for each in (folder, unknown, tmp_path):
        (each / "state.safetensors").write_text("")
    would = clean(view, folder, Keep(), dry_run=True)
    assert holders(folder, "state.safetensors") == {*range(4), 777}
    assert clean(view, folder, Keep()) == would
    assert would.files > 0
    assert clean(view, folder, Keep()).files == 0
    assert sorted(path.parent for path in tmp_path.rglob("state.safetensors")) == sorted(
        [folder, unknown, tmp_path, outside]
    )


def test_what_cannot_be_removed_is_said(sqlite_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(trials=1, keep=ALL), sqlite_url, tmp_path, train=leaving(toy.train)).study
    folder = folder_of(view, tmp_path)
    state = folder / "trial-00000" / "state.safetensors"
    state.unlink()
    state.mkdir()
    (line,) = clean(view, folder, Keep()).failed
    assert line == f"{state} cannot be removed: Is a directory"


def test_a_confirmation_leaves_neither_states_nor_models(sqlite_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(trials=4), sqlite_url, tmp_path, train=leaving(toy.train)).study
    folder = folder_of(view, tmp_path)
    models = holders(folder, MODELS[0])
    confirm_toy(sqlite_url, tmp_path, Wanted(top=2, seeds=2), train=leaving(judged))
    assert len(list((folder / "confirm").glob("*/notes.txt"))) == 4
    assert not [path for name in (*STATES, *MODELS) for path in (folder / "confirm").rglob(name)]
    assert holders(folder, MODELS[0]) == models


def test_files_go_while_the_study_runs(sqlite_url: str, tmp_path: Path) -> None:
    seen: list[tuple[set[int], set[int]]] = []

    def looks(spec: TrialSpec) -> Iterator[Report]:
        folder = Path(spec.folder).parent
        seen.append((holders(folder, STATES[0]), holders(folder, MODELS[0])))
        yield from leaving(toy.train)(spec)

    view = launch_toy(toy_config(trials=6), sqlite_url, tmp_path, train=looks).study
    directions = [each.direction for each in view.objectives]
    for number, left in enumerate(seen):
        front = front_of(view.records()[:number], directions)
        assert left == (set(), {record.number for record in front})
