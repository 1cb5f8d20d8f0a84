"""Trials kept in memory are at every call those that Optuna itself would read."""

from __future__ import annotations

import math
from collections.abc import Iterator

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState, create_trial
from sqlalchemy import Engine, create_engine, event, text

from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.following.followed_trials import AGAIN_SECONDS, STUDIES, FollowedTrials
from tuner.store.reading.following.revision import Revision
from tuner.store.tables.creation import make_store, optuna_storage

DISTRIBUTIONS = {
    "rate": FloatDistribution(1e-4, 1.0, log=True),
    "layers": IntDistribution(1, 9, step=2),
    "kind": CategoricalDistribution(["good", None, True, 0.5]),
}
PARAMS = {"rate": 0.01, "layers": 3, "kind": None}


@pytest.fixture
def stored(storage_url: str) -> Iterator[RDBStorage]:
    """Optuna's storage on each kind of store, as another program writes to it."""
    engine = make_store(storage_url, ["score"])
    storage = optuna_storage(engine.url)
    yield storage
    storage.remove_session()
    storage.engine.dispose()
    engine.dispose()


@pytest.fixture
def reader(storage_url: str, stored: RDBStorage) -> Iterator[Engine]:
    engine = create_engine(stored.engine.url)
    yield engine
    engine.dispose()


def study_in(storage: RDBStorage, name: str = "toy") -> optuna.Study:
    return optuna.create_study(storage=storage, study_name=name, directions=["maximize", "minimize"])


def add(study: optuna.Study, count: int = 1, score: float = 0.5) -> None:
    for number in range(count):
        values = [score + number, -number]
        study.add_trial(
            create_trial(
                values=values, params=PARAMS, distributions=DISTRIBUTIONS, user_attrs={"a": [1, None]}
            )
        )


def read(study: optuna.Study) -> list[FrozenTrial]:
    backend: RDBStorage = study._storage._backend  # type: ignore[attr-defined]  # behind Optuna's own cache
    return backend.get_all_trials(study._study_id, deepcopy=False)


def test_trials_are_read_as_optuna_reads_them(stored: RDBStorage, reader: Engine) -> None:
    study = study_in(stored)
    add(study, 3)
    study.add_trial(create_trial(values=[math.inf, -math.inf], constraints={"cost": 0.5}))
    study.add_trial(create_trial(state=TrialState.FAIL, user_attrs={"reason": "no luck"}))
    study.add_trial(create_trial(state=TrialState.PRUNED, intermediate_values={2: 0.5, 1: math.inf}))
    study.enqueue_trial({"rate": 0.5}, user_attrs={"by": "hand"})
    running = study.ask(DISTRIBUTIONS)
    running.set_user_attr("node", "node-1")
    study.ask()
    single = optuna.create_study(storage=stored, study_name="single")
    single.ask().report(math.nan, 1)
    trials = FollowedTrials(reader)
    assert trials.of(study._study_id) == read(study)
    ((found,), (of_optuna,)) = trials.of(single._study_id), read(single)
    assert math.isnan(found.intermediate_values[1])
    assert math.isnan(of_optuna.intermediate_values[1])


def test_what_changed_is_there_at_the_next_call(stored: RDBStorage, reader: Engine) -> None:
    study, trials = study_in(stored), FollowedTrials(reader)
    assert trials.of(study._study_id) == []
    add(study, 3)
    assert trials.of(study._study_id) == read(study)
    running = study.ask(DISTRIBUTIONS)
    assert trials.of(study._study_id) == read(study)
    running.set_user_attr("node", "node-1")
    assert trials.of(study._study_id)[3].user_attrs == {"node": "node-1"}
    study.tell(running, [0.5, 0.5])
    assert trials.of(study._study_id) == read(study)
    with stored.engine.begin() as connection:
        connection.execute(text("DELETE FROM trial_params WHERE trial_id = 2"))
        connection.execute(text("DELETE FROM trial_user_attributes WHERE trial_id = 2"))
        connection.execute(text("DELETE FROM trial_values WHERE trial_id = 2"))
        connection.execute(text("DELETE FROM trials WHERE trial_id = 2"))
    assert trials.of(study._study_id) == read(study)
    assert [trial.number for trial in trials.of(study._study_id)] == [0, 2, 3]


def test_another_study_may_have_the_number_of_one_that_is_gone(stored: RDBStorage, reader: Engine) -> None:
    trials = FollowedTrials(reader)
    for name, score in (("first", 0.25), ("second", 0.75)):
        study = study_in(stored, name)
        add(study, 3, score)
        assert trials.of(study._study_id) == read(study)
        optuna.delete_study(study_name=name, storage=stored)
        assert trials.of(study._study_id) == []


def test_what_has_ended_is_read_once(stored: RDBStorage, reader: Engine) -> None:
    study, trials = study_in(stored), FollowedTrials(reader)
    add(study, 3)
    study.ask()
    before = trials.of(study._study_id)
    add(study)
    after = trials.of(study._study_id)
    assert [each is other for each, other in zip(before, after, strict=False)] == [True, True, True, False]
    for name in range(STUDIES):
        other = study_in(stored, f"other {name}")
        add(other)
        trials.of(other._study_id)
    assert not any(each is other for each in trials.of(study._study_id) for other in after)


def test_all_is_read_again_after_a_while(stored: RDBStorage, reader: Engine) -> None:
    """Plain SQL may change an attribute of a trial that has ended."""
    now = [0.0]
    study, trials = study_in(stored), FollowedTrials(reader, lambda: now[0])
    add(study)
    trials.of(study._study_id)
    with stored.engine.begin() as connection:
        connection.execute(text("UPDATE trial_user_attributes SET value_json = '7'"))
    now[0] = AGAIN_SECONDS - 1
    assert trials.of(study._study_id)[0].user_attrs == {"a": [1, None]}
    now[0] = AGAIN_SECONDS
    assert trials.of(study._study_id)[0].user_attrs == {"a": 7}


def test_optuna_reads_several_trials_by_the_method_that_is_replaced(
    stored: RDBStorage, storage_url: str
) -> None:
    """An upgrade that reads them another way must be seen: importances and plots would take minutes."""
    study = study_in(stored)
    add(study, 3)
    storage = ReadingStore.open(storage_url).storage()
    seen: list[str] = []
    event.listen(storage.engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    read_once = optuna.load_study(study_name="toy", storage=storage)
    assert read_once.trials == study.trials
    assert read_once.get_trials(states=(TrialState.FAIL,)) == []
    assert storage.get_all_trials(study._study_id) == study.trials
    assert sum("FROM trial_params" in statement for statement in seen) == 1
    with pytest.raises(KeyError):
        storage.get_all_trials(99)
    storage.remove_session()
    storage.engine.dispose()


def test_every_change_has_a_revision_of_its_own(stored: RDBStorage, reader: Engine) -> None:
    revision = Revision(reader)
    seen = [revision.read()]
    study = study_in(stored)
    seen.append(revision.read())
    add(study)
    seen.append(revision.read())
    study.set_user_attr("note", 1)
    seen.append(revision.read())
    optuna.delete_study(study_name="toy", storage=stored)
    seen.append(revision.read())
    assert len(set(seen)) == len(seen)
    # Postgres itself may write now and then.
    assert any(revision.read() == revision.read() for _ in range(100))


def test_an_open_transaction_has_its_revision_once_it_is_committed(
    stored: RDBStorage, reader: Engine
) -> None:
    revision, study = Revision(reader), study_in(stored)
    with stored.engine.begin() as connection:
        connection.execute(text("UPDATE studies SET study_name = 'renamed'"))
        before = revision.read()
        assert read(study) == []
    assert revision.read() != before
