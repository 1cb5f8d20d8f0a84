"""Mistakes in a study's YAML: each is reported with its place, all of them at once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError

SHORT = """\
study: s
objectives: [{metric: loss, direction: minimize}]
budget: {trials: 1, epochs: 1}
sampler: {name: random}
train: {}
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("budget:", "budgt:", "1:1", "budget: is missing"),
        (
            "budget:",
            "budgt:",
            "5:1",
            "budgt: unknown key; did you mean budget? allowed: budget, constraints, early_stopping",
        ),
        (
            "trials: 40",
            "trails: 40",
            "5:10",
            "budget.trails: unknown key; did you mean trials? allowed: device_hours, epochs,",
        ),
        ("trials: 40", "trials: 0", "5:10", "budget.trials: 0: must be at least 1"),
        ("trials: 40", "trials: 1.5", "5:10", "budget.trials: 1.5: expected a whole number"),
        ("trials: 40", "trials: '40'", "5:10", 'budget.trials: "40": expected a whole number'),
        ("trials: 40", "trials: true", "5:10", "budget.trials: true: expected a whole number"),
        (
            "grace_epochs: 4",
            "grace_epochs: 31",
            "5:34",
            "budget.grace_epochs: 31 grace epochs are more than the 30",
        ),
        ("hours: null", "hours: 0", "5:51", "budget.hours: 0: must be above 0"),
        (
            "failures: 10",
            "failures: -1",
            "5:64",
            "budget.failures: -1: must be at least 0",
        ),
        ("metric: ari", "metric: recall_at_1", "4:6", '"recall_at_1" is an objective already; remove'),
        ("metric: ari", "metric: ''", "4:6", 'objectives.1.metric: "": must have at least 1'),
        (
            "maximize}\nb",
            "maximise}\nb",
            "4:19",
            'objectives.1.direction: "maximise" is unknown; did you mean maximize?',
        ),
        (
            "name: tpe",
            "name: tpee",
            "6:11",
            'sampler.name: "tpee" is unknown; did you mean tpe? allowed: auto, cmaes, gp',
        ),
        ("name: tpe", "name: cmaes", "6:11", "sampler.name: cmaes serves one objective, this study has 2"),
        ("name: tpe", "name: cmaes", "6:11", "sampler.name: cmaes cannot search categorical"),
        ("name: tpe", "name: grid", "6:11", "sampler.name: grid cannot search float or int ranges"),
        ("seed: 0}", "seed: -1}", "6:22", "sampler.seed: -1: must be at least 0"),
        ("seed: 0}", "seed: 4294967296}", "6:22", "sampler.seed: 4294967296: must be below 4294967296"),
        ("name: asha", "name: ahsa", "7:18", 'early_stopping.name: "ahsa" is unknown; did you mean asha?'),
        (
            "reduction_factor",
            "startup_trials",
            "7:30",
            "early_stopping.startup_trials: unknown key; allowed: name, red",
        ),
        ("factor: 3", "factor: 1", "7:30", "early_stopping.reduction_factor: 1: must be at least 2"),
        ("{name: asha, reduction_factor: 3}", "none", "7:1", 'early_stopping: "none": expected a mapping'),
        (
            "{name: asha, reduction_factor: 3}",
            "{}",
            "7:1",
            "early_stopping: has no name, which says what kind it is; allowed: asha, median, none",
        ),
        ("gpus: auto", "gpus: all", "8:13", 'resources.gpus: "all": expected auto or a number from 0'),
        ("gpus: auto", "gpus: -1", "8:13", "resources.gpus: -1: expected auto or a number from 0"),
        ("gpus: auto", "gpus: true", "8:13", "resources.gpus: true: expected auto or a number from 0"),
        ("gpus: auto", "gpus: 1.5", "8:13", "resources.gpus: 1.5: above 1 only whole GPUs can be given"),
        ("cpus: 1}", "cpus: 0}", "8:25", "resources.cpus: 0: must be above 0"),
        (
            "low: 0.0, high: 1.5",
            "low: 2, high: 1.5",
            "15:5",
            "train.loss.reg_ratio: low 2.0 is above high 1.5",
        ),
        (
            "low: 0.0, high: 1.5",
            "lwo: 0.0, high: 1.5",
            "15:32",
            "train.loss.reg_ratio.lwo: unknown key; did you mean low?",
        ),
        ("low: 0.0, high: 1.5", "lwo: 0.0, high: 1.5", "15:5", "train.loss.reg_ratio.low: is missing"),
        ("[2, 4, 10, 64]", "[2, '4']", "11:45", 'train.lsdim.choices.1: "4" is a string that looks like'),
        (
            "  seed: 0",
            "  se.ed: 0",
            "10:3",
            'train.se.ed: "se.ed": a key must be a printable string without dots',
        ),
        ("study: dr-triplet-digits", "study: 5", "1:1", "study: 5: expected a string"),
        (
            "study: dr-triplet-digits",
            "study: ''",
            "1:1",
            'study: "": must have at least 1 character',
        ),
        ("study: dr-triplet-digits", "study: ' a'", "1:1", 'study: " a": remove the blanks at its ends'),
        ("study: dr-triplet-digits", 'study: "a\\nb"', "1:1", r'study: "a\nb": only printable characters'),
        (
            "study: dr-triplet-digits",
            "study: " + "x" * 201,
            "1:1",
            "must have at most 200 characters",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(path: Path, old: str, new: str, place: str, message: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        StudyConfig.load(path)
    lines = str(caught.value).splitlines()
    assert any(line.startswith(f"{path}:{place}: ") and message in line for line in lines), lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SHORT.replace("train: {}", "train: {search: float, low: 0, high: 1}"),
            "train: train itself cannot be a hole",
        ),
        (SHORT.replace("train: {}", "train: []"), "train: a list: expected a mapping"),
        (
            SHORT.replace("[{metric: loss, direction: minimize}]", "[]"),
            "objectives: a study needs at least one",
        ),
        (
            SHORT.replace("[{metric: loss, direction: minimize}]", "loss"),
            'objectives: "loss": expected a list',
        ),
        ("a: 1\n", "train: is missing"),
    ],
)
def test_mistakes_of_shape_are_told(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        StudyConfig.load(path)
    assert message in str(caught.value)


def test_all_mistakes_are_told_at_once(path: Path) -> None:
    overrides = [
        "budget.trials=0",
        "sampler.name=x",
        "train.loss.margin.high=0.01",
        "extra=1",
        "train.lsdim.choices=[]",
    ]
    with pytest.raises(UsageError) as caught:
        StudyConfig.load(path, overrides)
    lines = [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]
    assert [line.partition("; ")[0] for line in lines] == [
        "override 'budget.trials=0': budget.trials: 0: must be at least 1",
        "override 'sampler.name=x': sampler.name: \"x\" is unknown",
        "override 'train.lsdim.choices=[]': train.lsdim.choices: needs at least one entry",
        "override 'extra=1': extra: unknown key",
        "14:5: train.loss.margin: low 0.05 is above high 0.01",
    ]


@given(st.text(max_size=300))
def test_any_text_is_a_study_or_refused_with_its_place(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UsageError, match=r"any\.yaml:\d+:\d+: "):
        StudyConfig.load(path)


@given(
    st.sampled_from(
        [
            "study",
            "budget.trials",
            "sampler.name",
            "early_stopping",
            "train",
            "train.loss.margin",
            "objectives.0",
        ]
    ),
    st.text("abc01.-+e{}[],: '\"~&*!#|>\\", max_size=20),
)
def test_any_override_is_taken_or_refused(shared_path: Path, key: str, value: str) -> None:
    loaded = load_or_refusal(shared_path, f"{key}={value}")
    if isinstance(loaded, StudyConfig):
        assert StudyConfig.from_json(loaded.to_json()) == loaded
    else:
        assert "override " in str(loaded)


def load_or_refusal(path: Path, override: str) -> StudyConfig | UsageError:
    try:
        return StudyConfig.load(path, [override])
    except UsageError as error:
        return error
