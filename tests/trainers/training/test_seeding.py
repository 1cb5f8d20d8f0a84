import random

import numpy as np
import torch
from threadpoolctl import threadpool_info

from trainers.training.seeding import derive, generator, seed_everything, set_threads


def test_derived_seeds_are_stable_and_apart() -> None:
    assert derive(0, "batches", 7) == derive(0, "batches", 7)
    seeds = {derive(seed, word, number) for seed in range(10) for word in ("a", "b") for number in range(10)}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**32 for seed in seeds)
    # A changed formula would silently change every split and every batch there ever was.
    assert derive(0, "batches", 1) == 2976965654


def test_seeding_reaches_python_numpy_and_torch() -> None:
    def draw() -> tuple[float, float, float]:
        seed_everything(3)
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    assert draw() == draw()


def test_a_generator_leaves_the_global_one_alone() -> None:
    seed_everything(0)
    expected = torch.rand(3)
    seed_everything(0)
    torch.rand(5, generator=generator(1))
    assert torch.equal(torch.rand(3), expected)


def test_threads_are_set_for_every_library() -> None:
    from trainers.evaluation import clustering  # which brings its own OpenMP

    assert clustering
    set_threads(1)
    assert torch.get_num_threads() == 1
    assert {library["num_threads"] for library in threadpool_info()} == {1}
