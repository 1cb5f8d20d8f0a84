"""The bridge: specs become trainings, epochs become reports, and faults become the right kind of ending."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from formats.durable_file import before
from formats.problems import ConfigProblems
from tests.full_disk import disk_full_above
from tests.tuner.configs import toy_config
from trainers.config import TrainConfig
from trainers.errors import TrainerError
from trainers.training.trainer import Trainer
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.run import trainable
from tuner.study.outcome import Completed, Stopped, outcome_of
from tuner.study.trial import TrialSpec

TRAIN: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "backbone": {"name": "mlp", "hidden": [16]},
    "lsdim": 4,
    "loss": {"name": "triplet", "margin": 0.2},
    "batch": {"classes": 4, "per_class": 4, "steps_per_epoch": 3},
    "optimizer": {"name": "adam", "lr": 1e-3},
    "device": "cpu",
}
STUDY = toy_config(objectives=[{"metric": "recall_at_1", "direction": "maximize"}])
TIMINGS = {"train_seconds", "embed_ms_per_image"}


def spec(folder: Path, **changes: Any) -> TrialSpec:
    return TrialSpec(0, {}, TRAIN | changes, 3, "recall_at_1", "maximize", 1, str(folder))


def measured(metrics: Any) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if name not in TIMINGS}


def test_a_report_an_epoch_and_a_result(tmp_path: Path) -> None:
    reports = list(trainable.train(spec(tmp_path)))
    assert [report.epoch for report in reports] == [1, 2, 3]
    assert [report.is_last for report in reports] == [False, False, True]
    assert all(set(report.metrics) < set(trainable.metrics) for report in reports)
    best = max(reports, key=lambda report: (report.metrics["recall_at_1"], -report.epoch))
    assert outcome_of(reports[-1], ["recall_at_1", "ari"]) == Completed(best.metrics)
    assert reports[0].facts["config"]["optimizer"]["betas"] == [0.9, 0.999]
    assert {"seed", "split_hash", "device_name"} <= set(reports[0].facts)


def test_it_goes_on_from_a_checkpoint_bit_for_bit(tmp_path: Path) -> None:
    straight = list(trainable.train(spec(tmp_path / "straight")))
    interrupted = trainable.train(spec(tmp_path / "first"))
    next(interrupted)
    state = next(interrupted).checkpoint
    (rest,) = trainable.train(replace(spec(tmp_path / "second"), checkpoint=state, reported=2))
    assert rest.epoch == 3
    assert measured(rest.metrics) == measured(straight[-1].metrics)
    assert measured(rest.result) == measured(straight[-1].result)


def test_a_finished_checkpoint_has_its_result_at_once(tmp_path: Path) -> None:
    *_, last = trainable.train(spec(tmp_path / "first"))
    (again,) = trainable.train(replace(spec(tmp_path / "second"), checkpoint=last.checkpoint, reported=3))
    assert (again.epoch, again.result) == (3, last.result)
    assert again.facts["split_hash"]


@pytest.mark.parametrize("reported", [0, 1, 2])
def test_what_was_saved_and_lost_on_its_way_is_reported_again(reported: int, tmp_path: Path) -> None:
    straight = list(trainable.train(spec(tmp_path / "first")))
    state = straight[-1].checkpoint
    again = list(trainable.train(replace(spec(tmp_path), checkpoint=state, reported=reported)))
    assert [report.epoch for report in again] == list(range(reported + 1, 4))
    assert [report.metrics for report in again] == [report.metrics for report in straight[reported:]]
    assert [report.result for report in again[:-1]] == [None] * (2 - reported)
    assert again[-1].result == straight[-1].result


def judged_by_hand(folder: Path) -> tuple[int, dict[str, float], dict[str, float]]:
    """The best epoch, its metrics on validation and on test, of the same config trained without the tuner."""
    monitor = {"metric": "recall_at_1", "direction": "maximize"}
    trainer = Trainer(TrainConfig.model_validate(TRAIN | {"epochs": 3, "monitor": monitor}))
    for _ in trainer.fit():
        trainer.save(folder)
    best = trainer.best
    trainer.load_weights(folder / "model.safetensors")
    return best.epoch, measured(best.metrics), measured(trainer.evaluate_split("test"))


@pytest.mark.parametrize("interrupted", [False, True])
def test_it_is_judged_on_the_test_split_at_its_best_epoch(interrupted: bool, tmp_path: Path) -> None:
    epoch, validation, test = judged_by_hand(tmp_path / "by hand")
    asked = replace(spec(tmp_path / "trial"), judge_on="test")
    *_, last = trainable.train(asked)
    if interrupted:  # after it was judged, and before anybody knew
        *_, last = trainable.train(replace(asked, checkpoint=last.checkpoint))
    assert last.result is not None
    assert {name: last.result[name] for name in test} == test
    assert test["recall_at_1"] != validation["recall_at_1"]
    # What no split measures is the best epoch's.
    assert {name: last.result[name] for name in validation if name not in test} == {
        name: value for name, value in validation.items() if name not in test
    }
    assert last.result["train_seconds"] == last.facts["validation"]["train_seconds"]
    assert measured(last.facts["validation"]) == validation
    assert last.facts["best_epoch"] == epoch


def test_weights_of_another_epoch_are_not_judged(tmp_path: Path) -> None:
    asked = replace(spec(tmp_path), judge_on="test")
    training = trainable.train(asked)
    first = (next(training), (tmp_path / "model.safetensors").read_bytes())[1]
    *_, last = training
    assert last.facts["best_epoch"] > 1
    (tmp_path / "model.safetensors").write_bytes(first)  # as on a disk that was full at the best epoch
    with pytest.raises(TrainerError, match=r"holds the weights of epoch 1, and the best one is \d; remove "):
        list(trainable.train(replace(asked, checkpoint=last.checkpoint)))


def study_with(evaluation: dict[str, Any], **changes: Any) -> list[str]:
    study = toy_config(train=TRAIN, **changes)
    with pytest.raises(ConfigProblems) as refused:
        trainable.check({**TRAIN, "evaluation": evaluation}, study)
    return str(refused.value).splitlines()


def test_clusters_that_a_study_needs_at_every_evaluation_are_refused() -> None:
    ari, recall = ({"metric": name, "direction": "maximize"} for name in ("ari", "recall_at_1"))
    (line,) = study_with({"clustering": "last"}, objectives=[ari])
    assert line.startswith("evaluation: metric ari is needed at every evaluation")
    stopped = {"objectives": [recall, ari], "early_stopping": {"name": "asha"}}
    (line,) = study_with({"clustering": "best"}, **stopped)
    assert line.endswith("evaluation.clustering: best; write every")
    trainable.check(
        {**TRAIN, "evaluation": {"clustering": "last"}}, toy_config(train=TRAIN, objectives=[recall, ari])
    )


def test_rungs_without_an_evaluation_are_refused() -> None:
    recall = [{"metric": "recall_at_1", "direction": "maximize"}]
    asha = {"objectives": recall, "early_stopping": {"name": "asha"}}
    (line,) = study_with({"every": 2}, **asha)
    assert line == (
        "evaluation: every: 2 leaves rungs out; write a budget.grace_epochs that is a multiple of it, not 1"
    )
    trainable.check({**TRAIN, "evaluation": {"every": 2}}, toy_config(train=TRAIN, **asha, grace_epochs=2))


def test_a_result_has_the_clusters_that_are_looked_for_at_the_end_alone(tmp_path: Path) -> None:
    *_, every = trainable.train(spec(tmp_path / "every"))
    *_, last = trainable.train(spec(tmp_path / "last", evaluation={"clustering": "last"}))
    assert last.result is not None
    assert every.result is not None
    assert "ari" not in last.metrics
    assert last.result["ari"] == pytest.approx(every.result["ari"], abs=1e-12)


def test_what_was_not_saved_is_trained_again_and_reported_once(tmp_path: Path) -> None:
    straight = list(trainable.train(spec(tmp_path / "straight")))
    rare = replace(spec(tmp_path / "rare"), checkpoint_seconds=3600)
    begun = trainable.train(rare)
    assert [next(begun).checkpoint for _ in range(2)] == [None, None]
    del begun
    again = list(trainable.train(replace(rare, reported=2, attempt=2)))
    assert [report.epoch for report in again] == [3]
    assert "checkpoint_lost" not in again[0].facts
    assert measured(again[0].result) == measured(straight[-1].result)
    assert again[0].checkpoint is not None


def truncated(state: Path) -> None:
    state.write_bytes(state.read_bytes()[:100])


def flipped(state: Path) -> None:
    content = bytearray(state.read_bytes())
    content[-1] ^= 1
    state.write_bytes(content)


@pytest.mark.parametrize("damage", [truncated, flipped, Path.unlink])
@pytest.mark.parametrize("both", [False, True])
def test_a_lost_checkpoint_costs_only_time(
    damage: Callable[[Path], None], both: bool, tmp_path: Path
) -> None:
    straight = list(trainable.train(spec(tmp_path)))
    begun = trainable.train(spec(tmp_path / "begun"))
    next(begun)
    state = Path(str(next(begun).checkpoint))
    for path in (state, before(state))[: 1 + both]:
        damage(path)
    again = list(trainable.train(replace(spec(tmp_path / "begun"), checkpoint=str(state), reported=2)))
    gone_on_from = 0 if both else 1
    assert [measured(report.metrics) for report in again] == [
        measured(report.metrics) for report in straight[2:]
    ]  # what was reported before is trained again, and not reported again
    assert measured(again[-1].result) == measured(straight[-1].result)
    lost = again[0].facts["checkpoint_lost"]
    assert lost.startswith(str(state))
    assert lost.endswith(f"; it went on from epoch {gone_on_from}")


def test_a_full_disk_costs_only_the_checkpoint(tmp_path: Path) -> None:
    straight = list(trainable.train(spec(tmp_path / "straight")))
    full = trainable.train(spec(tmp_path / "full"))
    state = next(full).checkpoint
    with disk_full_above(1000):
        rest = list(full)
    assert [report.checkpoint for report in rest] == [state, state]  # the last good one
    assert [report.facts["checkpoint_failed"] for report in rest] == [
        f"epoch {epoch}: [Errno 27] File too large" for epoch in (2, 3)
    ]
    assert measured(rest[-1].result) == measured(straight[-1].result)
    again = list(trainable.train(replace(spec(tmp_path / "full"), checkpoint=state, reported=1)))
    assert [measured(report.metrics) for report in again] == [
        measured(report.metrics) for report in straight[1:]
    ]


def test_values_that_do_not_go_together_stop_the_trial_in_one_line(tmp_path: Path) -> None:
    first = spec(tmp_path)
    config = {**first.config, "loss": {"name": "triplet", "reg_ratio": 0.5, "miner": {"name": "semihard"}}}
    (only,) = trainable.train(replace(first, config=config))
    assert only.stopped is not None
    assert only.stopped.startswith("loss")
    assert "reg_ratio" in only.stopped
    assert "pydantic" not in only.stopped
    assert "\n" not in only.stopped


class Runs:
    """Unpickled, it would write a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_a_pickle_in_place_of_a_checkpoint_runs_nothing(tmp_path: Path) -> None:
    straight = list(trainable.train(spec(tmp_path / "first")))
    state = Path(str(straight[-1].checkpoint))
    before(state).unlink()
    torch.save(Runs(tmp_path / "it ran"), state)
    again = list(trainable.train(replace(spec(tmp_path / "second"), checkpoint=str(state))))
    assert measured(again[-1].result) == measured(straight[-1].result)
    assert str(state) in again[0].facts["checkpoint_lost"]
    assert not (tmp_path / "it ran").exists()


@pytest.mark.parametrize(
    ("changes", "epoch", "reason"),
    [
        ({"optimizer": {"name": "adam", "lr": 1e30}}, 0, "diverged: .* at epoch 1"),
        ({"label_percent": 0.2}, 0, "label_percent"),
        ({"lsdim": 10**12}, 0, "out of device memory before epoch 1"),
    ],
)
def test_the_configurations_own_fault_is_a_stop(
    changes: dict[str, Any], epoch: int, reason: str, tmp_path: Path
) -> None:
    *_, last = trainable.train(spec(tmp_path, **changes))
    outcome = outcome_of(last, ["recall_at_1"])
    assert isinstance(outcome, Stopped)
    assert outcome.epoch == epoch
    assert re.search(reason, outcome.reason)
    assert last.facts["config"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"los": {}}, "los: unknown key; did you mean loss or lsdim? 20 are allowed"),
        (
            {"loss": {"name": "triplet", "margn": 1}},
            "loss.margn: unknown key; did you mean margin?",
        ),
        ({"lsdim": 0}, "lsdim: 0: must be above 0"),
        ({"epochs": 5}, "epochs: is set by budget.epochs in a study; leave it out"),
    ],
)
def test_check_names_the_key(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        trainable.check(TRAIN | changes, STUDY)
    assert str(caught.value).startswith(message)


def test_an_objective_must_be_measured_by_every_corner() -> None:
    study = toy_config(
        objectives=[
            {"metric": "recall_at_1", "direction": "maximize"},
            {"metric": "knn_accuracy_labelled", "direction": "maximize"},
        ]
    )
    with pytest.raises(ConfigProblems) as caught:
        trainable.check(TRAIN, study)
    (problem,) = caught.value.problems
    assert problem.message == (
        "metric knn_accuracy_labelled is not measured by this config; add evaluation: {probes: [knn]}"
    )
    trainable.check(TRAIN | {"evaluation": {"probes": ["knn"]}}, study)


def test_the_primary_objective_as_well() -> None:
    study = toy_config(objectives=[{"metric": "mlp_ami_train", "direction": "maximize"}])
    with pytest.raises(ConfigProblems, match=r"add evaluation: \{probes: \[mlp\], reference: \[train\]\}$"):
        trainable.check(TRAIN, study)
    trainable.check(TRAIN | {"evaluation": {"probes": ["mlp"], "reference": ["train"]}}, study)


def test_prepare_names_the_files(tmp_path: Path) -> None:
    trainable.prepare(TRAIN, STUDY)
    with pytest.raises(UsageError, match=r"train\.dataset: .*train-images-idx3-ubyte"):
        trainable.prepare(TRAIN | {"dataset": {"name": "mnist", "root": str(tmp_path)}}, STUDY)


def test_prepare_counts_the_classes_of_folds(tmp_path: Path) -> None:
    for name in range(5):
        (tmp_path / f"class {name}").mkdir()
    dataset = {"name": "image_folder", "root": str(tmp_path), "split_by": "classes"}
    for folds, fits in ((2, True), (3, False)):
        data = json.loads(STUDY.to_json())
        study = StudyConfig.model_validate(
            data | {"train": TRAIN | {"dataset": dataset}, "replicates": {"folds": folds}}
        )
        for train in (study.train, study.train | {"dataset": {**dataset, "folds": folds}}):
            if fits:
                trainable.prepare(train, study)
                continue
            with pytest.raises(UsageError, match="folds: 3 folds of the 4 classes that are not tested"):
                trainable.prepare(train, study)


def test_prepare_names_the_weights(tmp_path: Path) -> None:
    backbone = {"name": "resnet18", "weights": str(tmp_path / "resnet18.pth")}
    with pytest.raises(UsageError, match=r"train\.backbone\.weights: .*resnet18\.pth is no readable file"):
        trainable.prepare(TRAIN | {"backbone": backbone}, STUDY)


def test_what_takes_seconds_to_import_is_imported_by_those_that_need_it() -> None:
    slow = ("torchvision", "sklearn", "scipy", "plotly", "pandas", "ray")
    script = f"import sys, tuner.run.trainable; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
