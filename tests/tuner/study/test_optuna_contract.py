"""Optuna's own tests of what a storage must do, on ours: its engine's settings, its patience, its cache."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest
from optuna.storages import BaseStorage, get_storage
from optuna.testing.pytest_storages import StorageTestCase

from tuner.study.open_study import make_store


class TestContract(StorageTestCase):
    @pytest.fixture
    def storage(self, storage_url: str) -> Iterator[BaseStorage]:
        made = make_store(storage_url, ["score"])
        yield get_storage(made)
        made.remove_session()
        made.engine.dispose()

    def test_pickle_storage(self, storage: BaseStorage) -> None:
        """The one thing that ours refuses: a pickle of it would hold the database's password."""
        with pytest.raises(TypeError, match="must not leave the driver"):
            pickle.dumps(storage)
