from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from trainers.config import TrainConfig, load_config
from trainers.errors import ConfigError
from trainers.evaluation.monitor import Monitor

FILE = """
dataset: {name: digits, split_by: classes}
backbone: {name: mlp, hidden: [32]}
loss: {name: triplet, margin: 1e-1}
optimizer: {name: adamw, lr: 1e-4}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "train.yaml"
    path.write_text(FILE)
    return path


def test_a_file_becomes_a_config(file: Path) -> None:
    config = load_config(file)
    assert (config.loss.margin, config.optimizer.lr, config.epochs) == (0.1, 1e-4, 30)


def test_overrides_replace_and_add(file: Path) -> None:
    config = load_config(file, ["loss.margin=2e-1", "batch.classes=3", "backbone.hidden=[8, 8]"])
    assert (config.loss.margin, config.batch.classes, config.backbone.hidden) == (0.2, 3, (8, 8))


def test_every_mistake_has_a_line_with_file_and_path(file: Path) -> None:
    overrides = ["loss.margn=1", "optimizer.lr=-1", "dataset.validation_percent=90"]
    with pytest.raises(ConfigError) as caught:
        load_config(file, overrides)
    assert [line.partition("; ")[0] for line in str(caught.value).splitlines()] == [
        "override 'dataset.validation_percent=90': dataset.validation_percent: "
        "validation_percent 90 and test_percent 20 leave nothing to train on",
        "override 'loss.margn=1': loss.margn: unknown key",
        "override 'optimizer.lr=-1': optimizer.lr: -1: must be above 0",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("margin: 1e-1", "margn: 1", "4:23: loss.margn: unknown key; did you mean margin? allowed: margin, "),
        ("margin: 1e-1", "normalize: no", '4:23: loss.normalize: "no": expected true or false'),
        ("margin: 1e-1", "margin: .inf", "4:31: .inf is not a finite number"),
        ("hidden: [32]", "hidden: 32", "3:23: backbone.hidden: 32: expected a list"),
        ("hidden: [32]", "hidden: [032, 0b1]", '3:37: backbone.hidden.1: "0b1": expected a whole number'),
        ("lr: 1e-4", "lr: 1, lr: 2", '5:33: key "lr" is given twice; the first is at '),
        ("lr: 1e-4", "lr: {search: float}", "5:26: optimizer.lr: a mapping: expected a number; only a study"),
        ("lr: 1e-4}", "lr: 1e-4", "5:12: not valid YAML: the { is not closed"),
    ],
)
def test_a_mistake_in_the_file_has_its_line_and_column(file: Path, old: str, new: str, line: str) -> None:
    file.write_text(FILE.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert str(caught.value).startswith(f"{file}:{line}")
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_or_an_override_that_cannot_be_read_is_named(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read: No such file"):
        load_config(file.with_name("none.yaml"))
    with pytest.raises(
        ConfigError, match=r"override 'lsdim': expected key=value .*such as loss\.margin=0\.2"
    ):
        load_config(file, ["lsdim"])


def test_an_unknown_method_is_answered_with_those_that_exist(file: Path) -> None:
    with pytest.raises(
        ConfigError, match=r'dataset\.name: "digit" is unknown; did you mean digits\? allowed: cars196'
    ):
        load_config(file, ["dataset.name=digit"])


def test_a_method_without_a_name_is_answered_with_those_that_exist(file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(file, ["optimizer={lr: 1}", "losss=1", "lsdim=0"])
    lsdim, optimizer, unknown = str(caught.value).splitlines()
    assert lsdim == "override 'lsdim=0': lsdim: 0: must be above 0"
    assert optimizer.endswith(": optimizer: has no name, which says what kind it is; allowed: adam, adamw")
    assert unknown.startswith("override 'losss=1': losss: unknown key; did you mean loss? 20 are allowed")


def test_what_does_not_go_together_is_told_at_once_each_at_its_key(file: Path) -> None:
    overrides = [
        "loss.miner={name: sampled}",
        "evaluation={probes: [knn], point: [sample]}",
        "loader_workers=2",
    ]
    with pytest.raises(ConfigError) as caught:
        load_config(file, overrides)
    paths = [line.rpartition("': ")[2].partition(":")[0] for line in str(caught.value).splitlines()]
    assert paths == ["loader_workers", "loss.miner.name", "evaluation.probes", "evaluation.point"]


def test_a_config_survives_json(small: Any) -> None:
    config = small(patience=3)
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config


def test_fingerprint_sees_everything_but_where_and_how_long(small: Any) -> None:
    for change in ({"device": "auto"}, {"epochs": 7}, {"patience": 9}, {"stop_on": ["collapsed"]}):
        assert small().fingerprint == small(**change).fingerprint
    others = [small(seed=1), small(lsdim=7), small(loss={"name": "triplet", "margin": 0.3})]
    assert len({small().fingerprint, *(other.fingerprint for other in others)}) == 4


def test_one_verdict_to_stop_on_needs_no_list(small: Any) -> None:
    assert small(stop_on="collapsed").stop_on == small(stop_on=["collapsed"]).stop_on == ("collapsed",)
    assert small(stop_on=None).stop_on == small().stop_on == ()
    with pytest.raises(
        ValidationError, match=r"stop_on\.0\n.*'posterior_collapsed', 'collapsed', 'equilateral'"
    ):
        small(stop_on="healthy")


def test_monitor_takes_the_metrics_own_direction_unless_told() -> None:
    assert Monitor().direction == "maximize"
    assert Monitor.model_validate({"metric": "loss"}).direction == "minimize"
    assert Monitor.model_validate({"metric": "loss", "direction": "maximize"}).direction == "maximize"


def test_monitor_prefers_strictly_better() -> None:
    up, down = Monitor(metric="ari"), Monitor(metric="loss", direction="minimize")
    assert up.prefers({"ari": 0.2}, {"ari": 0.1})
    assert not up.prefers({"ari": 0.1}, {"ari": 0.1})
    assert down.prefers({"loss": 0.1}, {"loss": 0.2})


def test_monitor_refuses_an_unknown_metric_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="unknown metric map_at_k; did you mean map_at_r"):
        Monitor(metric="map_at_k")
    with pytest.raises(ValidationError, match="metric"):
        Monitor.model_validate({"metric": ["ari"]})


def test_a_monitored_metric_must_be_measured(small: Any) -> None:
    monitor = {"metric": "knn_ami_labelled"}
    with pytest.raises(ValidationError, match=r"knn_ami_labelled is not .*; add evaluation: \{probes: "):
        small(monitor=monitor)
    assert small(monitor=monitor, evaluation={"probes": ["knn"]}).monitor.direction == "maximize"


def test_classes_that_were_never_trained_have_no_probes(small: Any) -> None:
    unseen = {"name": "digits", "split_by": "classes"}
    with pytest.raises(ValidationError, match=r"evaluation\.probes\s+split_by: classes .*leave probes out"):
        small(dataset=unseen, evaluation={"probes": ["knn"]})
    assert small(dataset=unseen).evaluation.probes == ()


@pytest.mark.parametrize("unsupervised", [None, {"name": "reconstruction"}])
def test_points_have_no_samples(small: Any, unsupervised: Any) -> None:
    with pytest.raises(ValidationError, match=r"evaluation\.point\s+sample wants an encoder"):
        small(unsupervised=unsupervised, evaluation={"point": ["mean", "sample"]})
    assert small(unsupervised={"name": "unit_prior"}, evaluation={"point": ["sample"]})


@pytest.mark.parametrize(
    "changes",
    [
        {"evaluation": {"probes": ["knn", "knn"]}},
        {"evaluation": {"probes": ["svm"]}},
        {"evaluation": {"reference": []}},
        {"evaluation": {"point": []}},
        {"evaluation": {"neighbours": 0}},
        {"label_percent": 0},
        {"label_percent": 100.1},
        {"lsdim": 0},
        {"epochs": True},
        {"seed": -1},
        {"batch": {"classes": 1}},
        {"batch": {"per_class": 1}},
        {"loss": {"name": "triplet", "margin": 0}},
        {"loss": {"name": "triplet", "reg_ratio": 1, "reg_constant": 1}},
        {"backbone": {"name": "mlp", "hidden": []}},
        {"optimizer": {"name": "adam", "betas": [0.9, 1.0]}},
    ],
)
def test_values_out_of_range_are_refused(small: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        small(**changes)


def test_given_weights_are_shown_pixels_at_their_own_scale(small: Any) -> None:
    backbone = {"name": "resnet18", "weights": "imagenet"}
    with pytest.raises(
        ValueError, match=r"standardise\s+given weights want pixels as ImageNet's were; write true"
    ):
        small(backbone=backbone, standardise=False)


@pytest.mark.parametrize(
    ("dataset", "fingerprint"),
    [
        ({"name": "digits"}, "28a24fbb6c62bf6a"),
        ({"name": "digits", "split_by": "classes"}, "3f8ab71ca3c9f414"),
        ({"name": "image_folder", "root": "/x"}, "48a5ef3aa4a3bd85"),
        ({"name": "synthetic"}, "065a96152b1c5d1d"),
    ],
)
def test_folds_change_no_fingerprint_of_a_config_without_them(
    dataset: dict[str, Any], fingerprint: str
) -> None:
    """States that were saved before there were folds can be gone on from."""
    config = {"dataset": dataset, "loss": {"name": "triplet"}}
    plain = TrainConfig.model_validate(config)
    assert plain.fingerprint == fingerprint
    assert TrainConfig.model_validate(plain.model_dump(mode="json")) == plain
    folded = [
        TrainConfig.model_validate(
            config | {"dataset": {**dataset, "split_by": "classes", "folds": 2, "fold": fold}}
        )
        for fold in (0, 1)
    ]
    assert len({plain.fingerprint, *(each.fingerprint for each in folded)}) == 3
    assert [TrainConfig.model_validate(each.model_dump(mode="json")) for each in folded] == folded
