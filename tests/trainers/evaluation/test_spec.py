from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from trainers.evaluation.metrics import METRICS, OPTIONAL
from trainers.evaluation.spec import EvaluationSpec


def test_nothing_is_fitted_unless_asked_for() -> None:
    assert EvaluationSpec().metrics == ()


def test_every_probe_has_names_of_its_own_on_every_reference_and_point() -> None:
    spec = EvaluationSpec(
        probes=("knn", "random_forest", "mlp"), reference=("labelled", "train"), point=("mean", "sample")
    )
    assert set(spec.metrics) == set(OPTIONAL)
    assert len(spec.metrics) == len(OPTIONAL) == 3 * 2 * 2 * 2 + 2
    assert {"knn_accuracy_labelled", "mlp_ami_train", "random_forest_accuracy_train_sample"} <= set(OPTIONAL)


@pytest.mark.parametrize(("metric", "advice"), OPTIONAL.items())
def test_the_advice_yields_the_metric(metric: str, advice: str) -> None:
    data: dict[str, Any] = yaml.safe_load(advice)
    assert metric in EvaluationSpec.model_validate(data["evaluation"]).metrics
    assert METRICS[metric] == "maximize"


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="train is given twice; write it once"):
        EvaluationSpec.model_validate({"reference": ["train", "labelled", "train"]})


def test_one_alone_needs_no_list() -> None:
    lone = EvaluationSpec.model_validate({"probes": "knn", "reference": "train", "point": "sample"})
    assert lone == EvaluationSpec(probes=("knn",), reference=("train",), point=("sample",))
