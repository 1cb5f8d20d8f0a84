"""What this program knows of Optuna beyond its documentation still holds for the installed Optuna."""

from __future__ import annotations

import optuna
import pytest
from optuna.samplers._ga import BaseGASampler
from optuna.storages import RDBStorage
from optuna.storages._rdb.models import BaseModel
from optuna.trial import TrialState, create_trial
from sqlalchemy import DateTime, Float, Integer, Table, TableClause, UniqueConstraint

from tuner.store.optuna_internals import (
    CONSTRAINT_PREFIX,
    PARENT_KEY,
    with_numbers,
    with_row_ids,
)
from tuner.store.tables import optuna_tables, schema

OURS = [table for table in vars(optuna_tables).values() if isinstance(table, TableClause)]


def test_the_schema_is_optunas_newest() -> None:
    storage = RDBStorage("sqlite://")
    assert storage.get_head_version() == schema.VERSION
    storage.engine.dispose()


@pytest.mark.parametrize("table", OURS, ids=lambda table: table.name)
def test_the_columns_are_optunas(table: TableClause) -> None:
    of_optuna = BaseModel.metadata.tables[table.name]
    assert list(table.c.keys()) == list(of_optuna.c.keys())
    assert table.c.keys()[:1] == of_optuna.primary_key.columns.keys()
    for kind in (Integer, Float, DateTime):
        ours = {column.name for column in table.c if isinstance(column.type, kind)}
        assert ours == {column.name for column in of_optuna.c if isinstance(column.type, kind)}
    if "key" in table.c:  # an attribute that is set again is replaced
        assert set(table.c.keys()[1:3]) in unique_in(of_optuna)


def unique_in(table: Table) -> list[set[str]]:
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return [{column.name for column in each.columns} for each in unique]


def test_every_table_is_known() -> None:
    """A new table of Optuna's could want rows of every trial."""
    not_of_trials = {"studies", "study_directions", "trial_heartbeats", "version_info"}
    assert {table.name for table in OURS} | not_of_trials == set(BaseModel.metadata.tables)


def test_the_parents_of_a_generation_are_kept_by_row() -> None:
    keys = [kind._get_parent_cache_key_prefix() for kind in genetic_samplers()]
    assert keys
    assert all(PARENT_KEY in key for key in keys)

    # A study whose trials have ids that are not their numbers.
    storage = RDBStorage("sqlite://")
    optuna.create_study(storage=storage).enqueue_trial({})
    sampler = optuna.samplers.NSGAIISampler(population_size=2, seed=0)
    study = optuna.create_study(storage=storage, sampler=sampler)
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=6)
    kept = storage.get_study_system_attrs(study._study_id)
    (parents,) = (value for key, value in kept.items() if key.endswith(f"{PARENT_KEY}1"))
    numbers = {trial._trial_id: trial.number for trial in study.trials}
    assert len(parents) == 2
    assert set(parents) <= set(numbers)
    ids = {number: trial_id for trial_id, number in numbers.items()}
    key = f"NSGAIISampler{PARENT_KEY}1"
    assert with_row_ids(key, with_numbers(key, parents, numbers), ids) == parents
    storage.engine.dispose()


def genetic_samplers() -> list[type[BaseGASampler]]:
    return BaseGASampler.__subclasses__()


def test_another_attribute_stays_as_it_is() -> None:
    assert with_row_ids("qmc:1f", [1, 2], {}) == with_numbers("qmc:1f", [1, 2], {}) == [1, 2]


def test_a_trial_in_memory_has_its_number_as_its_id() -> None:
    study = optuna.create_study(storage=optuna.storages.InMemoryStorage())
    asked = [study.ask() for _ in range(3)]
    assert [trial._trial_id for trial in asked] == [0, 1, 2]


def test_constraint_values_are_attributes_of_their_own_and_were_a_list() -> None:
    running = TrialState.RUNNING
    written = create_trial(state=running, constraints={"a.at_most": 1.0, "b": -1.0})
    assert written.system_attrs == {f"{CONSTRAINT_PREFIX}a.at_most": 1.0, f"{CONSTRAINT_PREFIX}b": -1.0}
    listed = create_trial(state=running, system_attrs={"constraints": [1.0, -1.0]})
    assert list(listed.constraints.values()) == list(written.constraints.values()) == [1.0, -1.0]


def test_states_are_stored_by_name() -> None:
    storage = RDBStorage("sqlite://")
    optuna.create_study(storage=storage).ask()
    with storage.engine.connect() as connection:
        states = connection.exec_driver_sql("SELECT state FROM trials").scalars().all()
    assert states == [TrialState.RUNNING.name]
    storage.engine.dispose()
