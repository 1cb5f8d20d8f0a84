"""StudyConfig: the whole YAML as an object, and its way to the store and back."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from formats.problems import ConfigProblems, Problem
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError

SHORT = """\
study: s
objectives: [{metric: loss, direction: minimize}]
budget: {trials: 1, epochs: 1}
sampler: {name: random}
train: {}
"""


def load(tmp_path: Path, text: str) -> StudyConfig:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return StudyConfig.load(path)


def test_the_file_of_the_architecture_is_read(path: Path) -> None:
    config = StudyConfig.load(path)
    assert config.study == "dr-triplet-digits"
    assert [(each.metric, each.direction) for each in config.objectives] == [
        ("recall_at_1", "maximize"),
        ("ari", "maximize"),
    ]
    assert config.primary is config.objectives[0]
    assert (config.budget.trials, config.budget.epochs, config.budget.grace_epochs) == (40, 30, 4)
    assert (config.budget.hours, config.budget.failures) == (None, 10)
    assert (config.sampler.name, config.sampler.seed) == ("tpe", 0)
    assert config.early_stopping.model_dump() == {"name": "asha", "reduction_factor": 3}
    assert config.resources.model_dump() == {"gpus": "auto", "cpus": 1.0}
    assert config.space.names == ["loss.margin", "loss.reg_ratio", "lsdim"]
    assert config.train["optimizer"] == {"name": "adam", "lr": 0.001}


def test_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, SHORT)
    assert config.budget.model_dump() == {
        **{"trials": 1, "epochs": 1, "device_hours": None, "stagnation": None, "grace_epochs": 1},
        **{"hours": None, "failures": 10, "failures_in_a_row": 5},
        **{"trial_hours": None, "stall_minutes": None, "stop_grace_seconds": 30.0},
    }
    assert config.sampler.seed == 0
    assert config.early_stopping.name == "none"
    assert config.resources.model_dump() == {"gpus": "auto", "cpus": 1.0}


@pytest.mark.parametrize(
    ("override", "section"),
    [
        ("early_stopping={name: none}", {"name": "none"}),
        ("early_stopping={name: asha}", {"name": "asha", "reduction_factor": 3}),
        ("early_stopping={name: median}", {"name": "median", "startup_trials": 5}),
        ("resources={gpus: 0, cpus: 0.5}", {"gpus": 0.0, "cpus": 0.5}),
        ("resources={gpus: 0.5}", {"gpus": 0.5, "cpus": 1.0}),
        ("resources={gpus: 2}", {"gpus": 2.0, "cpus": 1.0}),
        ("sampler={name: qmc, seed: 1e3}", {"name": "qmc", "seed": 1000, "qmc_type": "sobol"}),
        (
            "budget={trials: 2, epochs: 3, grace_epochs: 3, hours: 1, failures: 0, failures_in_a_row: null, "
            "trial_hours: 2, stall_minutes: 0.5, stop_grace_seconds: 5}",
            {
                **{
                    "trials": 2,
                    "epochs": 3,
                    "device_hours": None,
                    "stagnation": None,
                    "grace_epochs": 3,
                    "hours": 1.0,
                    "failures": 0,
                },
                **{"failures_in_a_row": None, "trial_hours": 2.0, "stall_minutes": 0.5},
                "stop_grace_seconds": 5.0,
            },
        ),
    ],
)
def test_sections_take_their_forms(path: Path, override: str, section: dict[str, Any]) -> None:
    config = StudyConfig.load(path, [override])
    assert getattr(config, override.partition("=")[0]).model_dump() == section


def test_a_config_cannot_be_changed(path: Path) -> None:
    config = StudyConfig.load(path)
    with pytest.raises(ValidationError, match="frozen"):
        config.study = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        config.budget.trials = 1  # type: ignore[misc]


def test_a_config_keeps_its_own_copy_of_the_data() -> None:
    data = {
        "study": "s",
        "objectives": [{"metric": "m", "direction": "minimize"}],
        "budget": {"trials": 1, "epochs": 1},
        "sampler": {"name": "tpe"},
        "train": {"a": {"b": 1}},
    }
    config = StudyConfig.model_validate(data)
    data["train"]["a"]["b"] = 2  # type: ignore[index]
    assert config.train == {"a": {"b": 1}}
    assert config.where(("train",)) == 'study "s"'


def test_json_brings_the_study_back(path: Path) -> None:
    config = StudyConfig.load(path)
    stored = StudyConfig.from_json(config.to_json())
    assert stored == config
    assert hash(stored) == hash(config)
    assert stored.to_json() == config.to_json()
    assert stored.space == config.space
    assert stored.differences(config) == []


def test_json_is_the_same_for_another_order_of_keys(tmp_path: Path) -> None:
    config = load(tmp_path, SHORT)
    assert load(tmp_path, "".join(reversed(SHORT.splitlines(keepends=True)))).to_json() == config.to_json()
    assert load(tmp_path, SHORT.replace("trials: 1", "trials: 2")) != config
    assert config != "s"


keys = st.text("abc_é-", min_size=1, max_size=4).filter(lambda key: key != "search")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=4))
def test_any_training_config_survives_the_store(train: dict[str, Any]) -> None:
    data = {
        "study": "s",
        "objectives": [{"metric": "m", "direction": "minimize"}],
        "budget": {"trials": 3, "epochs": 2},
        "sampler": {"name": "tpe"},
        "train": train,
    }
    config = StudyConfig.model_validate(data)
    stored = StudyConfig.from_json(config.to_json())
    assert stored == config
    assert stored.train == train
    assert list(stored.space.corners()) == [train]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "stored configuration: not valid JSON"),
        ("[" * 100_000, "stored configuration: not valid JSON"),
        ('{"train": {"a": NaN}}', "stored configuration: not valid JSON: NaN is not a finite number"),
        ("[]", "stored configuration: a list: expected a mapping"),
        ('{"study": "s"}', "stored configuration: budget: is missing"),
        ('{"train": {"a": 1e999}}', "stored configuration: train.a: inf is not a finite number"),
    ],
)
def test_json_that_is_no_study_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        StudyConfig.from_json(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("override", "lines"),
    [
        ("study=other", ['study: "dr-triplet-digits" stored, "other" in the file']),
        ("train.loss.margin.high=2.0", ["train.loss.margin.high: 1.0 stored, 2.0 in the file"]),
        ("train.loss.margin.high=1", []),
        ("train.seed=false", ["train.seed: 0 stored, false in the file"]),
        ("train.loss.alpha=2", ["train.loss.alpha: nothing stored, 2 in the file"]),
        ("train.loss.alpha={}", ["train.loss.alpha: nothing stored, a mapping in the file"]),
        (
            "train.lsdim.choices=[2, 4, 8]",
            [
                "train.lsdim.choices.2: 10 stored, 8 in the file",
                "train.lsdim.choices.3: 64 stored, nothing in the file",
            ],
        ),
        (
            "train.optimizer=null",
            [
                'train.optimizer.name: "adam" stored, nothing in the file',
                "train.optimizer.lr: 0.001 stored, nothing in the file",
                "train.optimizer: nothing stored, null in the file",
            ],
        ),
        (
            "objectives.1.direction=minimize",
            ['objectives.1.direction: "maximize" stored, "minimize" in the file'],
        ),
        ("sampler.seed=1", ["sampler.seed: 0 stored, 1 in the file"]),
        ("budget={trials: 50, epochs: 60}", []),
        ("early_stopping={name: none}", []),
        ("resources.gpus=1", []),
    ],
)
def test_differences_are_told_where_they_may_not_be(path: Path, override: str, lines: list[str]) -> None:
    assert StudyConfig.load(path, [override]).differences(StudyConfig.load(path)) == lines


def test_corners_are_checked_with_places_in_the_file(path: Path) -> None:
    config = StudyConfig.load(path, ["train.loss.reg_ratio=-1"])

    def check(train: dict[str, Any]) -> None:
        problems = [Problem(("loss", "reg_ratio"), "-1: must not be negative")]
        if train["loss"]["margin"] < 0.1:
            problems.append(Problem(("loss", "margin"), "must be above 0.1"))
        raise ConfigProblems(problems)

    with pytest.raises(UsageError) as caught:
        config.check(["recall_at_1", "ari"], check)
    assert str(caught.value).splitlines() == [
        "override 'train.loss.reg_ratio=-1': train.loss.reg_ratio: -1: must not be negative",
        f"{path}:14:5: train.loss.margin: 0.05: must be above 0.1 (low end of the range)",
    ]


def test_sound_corners_pass(path: Path) -> None:
    seen: list[object] = []
    StudyConfig.load(path).check(["recall_at_1", "ari"], lambda train: seen.append(train["loss"]["margin"]))
    assert [round(float(str(margin)), 3) for margin in seen][:8] == [
        0.05,
        1.0,
        0.413,
        0.05,
        0.05,
        0.05,
        0.05,
        0.05,
    ]


def test_objectives_must_be_metrics(path: Path) -> None:
    config = StudyConfig.load(path)
    config.check(["recall_at_1", "ari", "nmi"], lambda _: None)
    with pytest.raises(UsageError) as caught:
        config.check({"recall_at_2", "nmi"}, lambda _: None)
    assert str(caught.value).splitlines() == [
        f'{path}:3:6: objectives.0.metric: "recall_at_1" is no metric of the evaluation; '
        "did you mean recall_at_2? allowed: nmi, recall_at_2; see docs/glossary.md",
        f'{path}:4:6: objectives.1.metric: "ari" is no metric of the evaluation; '
        "allowed: nmi, recall_at_2; see docs/glossary.md",
    ]
