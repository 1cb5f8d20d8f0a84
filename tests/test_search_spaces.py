"""Every study that ships can be run; the small ones are."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from rich.console import Console

from trainers.backbones import Backbone
from trainers.data.batch_samplers import BatchSampler
from trainers.evaluation.metrics import Probe
from trainers.losses import Loss
from trainers.losses.miners import Miner
from trainers.training.optimizers import Optimizer
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.decoders import Decoder
from trainers.unsupervised.metric_vae import MetricVAE
from trainers.unsupervised.objective import UnsupervisedSpec
from tuner.config.study_config import StudyConfig
from tuner.run import trainable
from tuner.run.launch import check_config, launch
from tuner.settings import Settings

FILES = sorted((Path(__file__).parents[1] / "search_spaces").glob("*.yaml"))
DATASETS = ("cifar10", "cub200", "cub200_vit", "mnist", "organamnist", "synthetic")
# One for each study at its own scale has a name that ends with its data, its small sibling has not.
SMALL = [file for file in FILES if not file.stem.endswith(DATASETS)]


def names_of(union: Any) -> set[str]:
    """Return what the methods of a family are called."""
    return {kind.model_fields["name"].default for kind in get_args(get_args(union)[0])}


def words_of(spec: type[Any], field: str) -> set[str]:
    return set(get_args(spec.model_fields[field].annotation))


METHODS: dict[str, tuple[str, set[str]]] = {
    "loss": ("loss.name", names_of(Loss)),
    "miner": ("loss.miner.name", names_of(Miner)),
    "backbone": ("backbone.name", names_of(Backbone)),
    "probe": ("evaluation.probes", set(get_args(Probe))),
    "latent objective": ("unsupervised.name", names_of(Unsupervised)),
    "schedule": ("unsupervised.schedule", words_of(UnsupervisedSpec, "schedule") - {"joint"}),
    "prior": ("unsupervised.prior", words_of(MetricVAE, "prior") - {"pseudo_inputs"}),
    "decoder": ("unsupervised.decoder.name", names_of(Decoder)),
    "optimizer": ("optimizer.name", names_of(Optimizer)),
    "batch sampler": ("batch.name", names_of(BatchSampler) - {"classes"}),
}
"""Where each family stands in `train`, and its members, without defaults that nobody writes down."""


def written(node: Any, path: str) -> Iterator[Any]:
    """Yield what a config has at a dotted path, every choice of a hole, every item of a list."""
    if isinstance(node, dict) and "search" in node:
        node = node.get("options") or node.get("choices") or []
    if isinstance(node, list):
        for each in node:
            yield from written(each, path)
    elif not path:
        yield node
    elif isinstance(node, dict):
        first, _, rest = path.partition(".")
        yield from written(node.get(first), rest)


def train_of(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())["train"]
    return found


@pytest.mark.parametrize("family", METHODS)
def test_every_method_stands_in_a_search(family: str) -> None:
    path, members = METHODS[family]
    searched = {word for file in FILES for word in written(train_of(file), path)}
    assert members - searched == set(), f"no file of search_spaces names this {family}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_objectives_cannot_be_gamed(file: Path) -> None:
    metrics = {objective.metric for objective in StudyConfig.load(file).objectives}
    assert "intra_class_variance" not in metrics, "a collapse minimises it"
    if "intra_class_ratio" in metrics:
        assert "collapsed" in train_of(file).get("stop_on", [])
    if "labelled_samples" in metrics:
        fitted_on_all = {metric for metric in metrics if metric.endswith(("_train", "_train_sample"))}
        assert not fitted_on_all, "few labels cost nothing where a probe has them all"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_one_for_gpus_says_what_it_needs(file: Path) -> None:
    resources = StudyConfig.load(file).resources
    if resources.gpus not in (None, "auto", 0):
        head = [line for line in file.read_text().splitlines() if line.startswith("#")]
        (needs,) = (line for line in head if line.startswith("# Needs a trial: "))
        for word in (f"{resources.gpus:g} GPU", f"{resources.cpus:g} CPUs", "memory", "disk"):
            assert word in " ".join(head[head.index(needs) :]), word


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_valid(file: Path) -> None:
    check_config(StudyConfig.load(file), trainable)


@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.stem)
def test_a_small_one_trains_a_trial(file: Path, tmp_path: Path) -> None:
    config = StudyConfig.load(file, ["budget.trials=1", "budget.epochs=2"])
    settings = Settings(f"sqlite:///{tmp_path}/study.db", tmp_path / "runs", ray_address=None)
    launched = launch(config, trainable, settings, Console(file=io.StringIO()), serial=True)
    (trial,) = launched.study.front()
    assert launched.exit_code == 0
    assert trial.values is not None
    assert len(trial.values) == len(config.objectives)


def test_every_study_is_there_at_its_own_scale_and_small() -> None:
    assert {file.stem for file in SMALL} == {
        "contrastive_vs_triplet",
        "dml_autoencoder",
        "dml_prior",
        "dr_proxy_nca",
        "dr_triplet",
        "losses",
        "metric_vae",
        "miners",
        "pml_losses",
        "triplet_margin",
    }
    own_scale = {file.stem for file in FILES} - {file.stem for file in SMALL}
    assert own_scale == {
        "contrastive_vs_triplet_cifar10",
        "contrastive_vs_triplet_cub200_vit",
        "contrastive_vs_triplet_synthetic",
        "dml_autoencoder_mnist",
        "dml_autoencoder_organamnist",
        "dml_prior_mnist",
        "dml_prior_organamnist",
        "dr_proxy_nca_cub200",
        "dr_triplet_cub200",
        "dr_triplet_mnist",
        "losses_cub200",
        "metric_vae_mnist",
        "metric_vae_organamnist",
        "triplet_margin_cifar10",
    }


def test_the_main_job_searches_all_five() -> None:
    config = StudyConfig.load(FILES[[file.stem for file in FILES].index("dr_triplet")])
    five = {"loss.margin", "loss.reg_ratio", "unsupervised.alpha", "lsdim", "label_percent"}
    assert set(config.space.names) == five
