"""Every study that ships can be run; the small ones are."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from tuner.config.study_config import StudyConfig
from tuner.run import trainable
from tuner.run.launch import check_config, launch
from tuner.settings import Settings

FILES = sorted((Path(__file__).parents[1] / "search_spaces").glob("*.yaml"))
DATASETS = ("cifar10", "cub200", "cub200_vit", "mnist", "organamnist", "synthetic")
# One for each study at its own scale has a name that ends with its data, its small sibling has not.
SMALL = [file for file in FILES if not file.stem.endswith(DATASETS)]


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
        "metric_vae",
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
        "metric_vae_mnist",
        "metric_vae_organamnist",
        "triplet_margin_cifar10",
    }


def test_the_main_job_searches_all_five() -> None:
    config = StudyConfig.load(FILES[[file.stem for file in FILES].index("dr_triplet")])
    five = {"loss.margin", "loss.reg_ratio", "unsupervised.alpha", "lsdim", "label_percent"}
    assert set(config.space.names) == five
