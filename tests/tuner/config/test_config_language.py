"""What holds for every study file, on files made at random: sound ones, and ones with mistakes in them."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.tuner.config.test_space_properties import scalars, spaces
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.run import trainable
from tuner.run.launch import check_config

names = st.sampled_from(["map_at_r", "recall_at_1", "ari", "loss"])
objectives = st.lists(names, min_size=1, max_size=3, unique=True).map(
    lambda metrics: [{"metric": each, "direction": "maximize"} for each in metrics]
)
early_stopping = st.one_of(
    st.just({"name": "none"}),
    st.fixed_dictionaries({"name": st.just("asha")}, optional={"reduction_factor": st.integers(2, 9)}),
    st.fixed_dictionaries({"name": st.just("median")}, optional={"startup_trials": st.integers(1, 9)}),
)
studies = st.fixed_dictionaries(
    {
        "study": st.text("abcé -.", min_size=1, max_size=9).map(lambda name: f"s{name}s"),
        "objectives": objectives,
        "budget": st.fixed_dictionaries(
            {"trials": st.integers(1, 10**6), "epochs": st.integers(1, 999)},
            optional={
                **{"hours": st.none() | st.floats(0.1, 1e6), "failures": st.integers(0, 99)},
                **{name: st.none() | st.floats(0.1, 1e6) for name in ("trial_hours", "stall_minutes")},
                "failures_in_a_row": st.none() | st.integers(0, 99),
                "stop_grace_seconds": st.floats(0.1, 1e6),
            },
        ),
        "sampler": st.fixed_dictionaries(
            {"name": st.sampled_from(["tpe", "random", "nsga2"])},
            optional={"seed": st.integers(0, 2**32 - 1)},
        ),
        "train": spaces,
    },
    optional={
        "early_stopping": early_stopping,
        "resources": st.fixed_dictionaries(
            {}, optional={"gpus": st.sampled_from(["auto", 0, 0.5, 2]), "cpus": st.floats(0.1, 64)}
        ),
    },
)
SOUND: dict[str, Any] = {
    "study": "sound",
    "objectives": [{"metric": "map_at_r", "direction": "maximize"}],
    "budget": {"trials": 4, "epochs": 2},
    "sampler": {"name": "random", "seed": 0},
    "early_stopping": {"name": "asha", "reduction_factor": 3},
    "resources": {"gpus": "auto", "cpus": 1},
    "train": {
        "dataset": {"name": "digits", "validation_percent": 20},
        "augmentation": None,
        "backbone": {"name": "mlp", "hidden": [8, 8]},
        "lsdim": {"search": "categorical", "choices": [2, 4]},
        "loss": {
            "search": "one_of",
            "options": [
                {"name": "triplet", "margin": {"search": "float", "low": 0.1, "high": 1.0, "log": True}},
                {"name": "contrastive", "power": 2},
            ],
        },
        "unsupervised": {"name": "reconstruction", "decoder": {"name": "mlp"}},
        "batch": {"classes": 4, "per_class": {"search": "int", "low": 2, "high": 8, "step": 2}},
        "optimizer": {"name": "adam", "lr": 1e-3, "betas": [0.9, 0.999]},
        "evaluation": {"probes": ["knn"], "neighbours": 3},
        "stop_on": ["collapsed"],
    },
}
words = st.sampled_from(["triplet", "search", "name", "float", "one_of", "mlp", "knn", "auto", "", "a.b"])
wrong = st.recursive(
    scalars | words | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def below(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value under the node."""
    steps = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [inner for step in steps for inner in ((*path, step), *below(node[step], (*path, step)))]


@st.composite
def mistaken(draw: st.DrawFn) -> dict[str, Any]:
    """A sound study in which one to three values were replaced, removed, renamed or added to."""
    study = deepcopy(SOUND)
    for _ in range(draw(st.integers(1, 3))):
        *parents, last = draw(st.sampled_from(below(study) or [("study",)]))
        node: Any = study
        for step in parents:
            node = node[step]
        change = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if change == "replace" or not isinstance(node, dict):
            node[last] = draw(wrong)
        elif change == "add":
            node[draw(words | st.text(max_size=3))] = draw(wrong)
        else:
            value = node.pop(last, None)
            if change == "rename":
                node[f"{last}x"] = value
    return study


def written(folder: pytest.TempPathFactory, data: Any) -> Path:
    file = folder.getbasetemp() / "study.yaml"
    file.write_text(yaml.dump(json.loads(json.dumps(data)), Dumper=yaml.SafeDumper), "utf-8")
    return file


def lines_of_refusal(file: Path) -> list[str]:
    """What the file is refused with, none if it is taken; any other exception fails the test."""
    try:
        check_config(StudyConfig.load(file), trainable)
    except UsageError as error:
        return str(error).splitlines()
    return []


@given(studies)
def test_a_study_is_the_same_whichever_way_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    file = tmp_path_factory.getbasetemp() / "study.yaml"
    file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    study = StudyConfig.load(file)
    assert StudyConfig.from_json(study.to_json()) == study
    file.write_text(json.dumps(json.loads(study.to_json()), indent=1), "utf-8")
    assert StudyConfig.load(file) == study
    assert StudyConfig.load(file).differences(study) == []


@given(mistaken())
def test_a_mistaken_study_is_taken_or_refused_with_lines(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    file = written(tmp_path_factory, data)
    for line in lines_of_refusal(file):
        assert re.match(rf"{re.escape(str(file))}:\d+:\d+: \S", line)
        assert line.isprintable()


def test_the_study_that_mistakes_are_made_in_is_sound(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert lines_of_refusal(written(tmp_path_factory, SOUND)) == []
