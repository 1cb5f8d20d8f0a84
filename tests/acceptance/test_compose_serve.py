"""docker-compose.yml serves three users at once, while its service and a worker are killed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.acceptance.command_line import wait_until
from tests.acceptance.compose import Compose, Container, running
from tests.acceptance.compose_requests import get, store_url
from tuner.store.queue.queued_study import QueuedStudy, read_queue
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]

OPTIONS = {
    "anna": ("--priority", "40"),
    "bert": ("--priority", "20"),
    "cora": ("--max-devices", "1"),
}
"""Three users, each with a study of that name."""

TRIALS = {"anna": 16, "bert": 14, "cora": 10}
EPOCHS = 12
COUNTS = text("SELECT study_name, state, COUNT(*) FROM trials JOIN studies USING (study_id) GROUP BY 1, 2")
SECRETS = ("postgres_password", "ray_token", "dashboard_password")


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    """The whole service, two workers of one CPU each."""
    with running(TUNER_WORKERS="2", TUNER_WORKER_CPUS="1") as compose:
        yield compose


def submit(compose: Compose, study: str) -> Container:
    """A user's own command, with what makes a study small."""
    budget = f"budget={{trials: {TRIALS[study]}, epochs: {EPOCHS}}}"
    small = (f"study={study}", budget, "sampler.name=random")  # which takes no time beside trainings so short
    return compose.run("tuner", "submit", "search_spaces/dr_triplet.yaml", *small, *OPTIONS[study])


def metrics(service: Container) -> str:
    """What a service says at /metrics."""
    status, page = get(f"http://127.0.0.1:{service.ports['9464']}/metrics")
    assert status == 200
    return page.decode()


@dataclass(frozen=True)
class Submitted:
    """The studies that were submitted, as the store has them.

    Attributes:
        pages: what was read at /metrics while they were driven.
    """

    compose: Compose
    engine: Engine
    pages: list[str] = field(default_factory=list)

    def queue(self) -> dict[str, QueuedStudy]:
        """Their places in the queue, by name."""
        with self.engine.connect() as connection:
            return {each.name: each for each in read_queue(connection)}

    def records(self, study: str) -> list[TrialRecord]:
        """The trials of a study."""
        with StudyStore.reading(store_url(self.compose)) as store:
            return store.load(study).records()

    def completed(self, study: str) -> list[TrialRecord]:
        """The trials of a study that have completed."""
        return [record for record in self.records(study) if record.state == "COMPLETE"]

    def lost_a_worker(self) -> bool:
        """Whether a trial has failed with its worker."""
        failed = [each for study in OPTIONS for each in self.records(study) if each.state == "FAIL"]
        return any("worker was lost" in str(each.attributes["reason"]) for each in failed)

    def replace_service(self) -> None:
        """Kill the service, and start another."""
        self.compose.containers["serve"][-1].kill()
        self.compose.start("serve")

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait for it, and read /metrics of the last service then."""
        wait_until(condition, seconds=400)
        self.pages.append(metrics(self.compose.containers["serve"][-1]))

    def wait_for_trials(self, trials: int) -> None:
        """Wait until so many have completed, some of each study, and others run."""

        def there() -> bool:
            with self.engine.connect() as connection:
                counts = {(study, state): count for study, state, count in connection.execute(COUNTS)}
            done = [counts.get((study, "COMPLETE"), 0) for study in OPTIONS]
            running = any(state == "RUNNING" for _, state in counts)
            return min(done) > 0 and sum(done) >= trials and running

        self.wait_for(there)


@pytest.fixture(scope="module")
def submitted(compose: Compose) -> Iterator[Submitted]:
    """Three studies that were submitted at once and driven to their ends, through three deaths."""
    for each in [submit(compose, study) for study in OPTIONS]:
        assert each.process.wait(240) == 0, each.log.read_text()
    submitted = Submitted(compose, create_engine(store_url(compose)))
    submitted.wait_for_trials(4)
    submitted.replace_service()
    submitted.wait_for_trials(8)
    compose.containers["ray-worker"][0].kill()
    submitted.wait_for(submitted.lost_a_worker)
    compose.start("ray-worker")
    submitted.replace_service()
    submitted.wait_for(lambda: all(row.state == "completed" for row in submitted.queue().values()))
    yield submitted
    submitted.engine.dispose()


@pytest.mark.parametrize("study", OPTIONS)
def test_every_study_meets_its_budget_exactly(submitted: Submitted, study: str) -> None:
    assert submitted.queue()[study].state == "completed"
    records = submitted.records(study)
    assert {record.state for record in records} == {"COMPLETE", "FAIL"}
    done = submitted.completed(study)
    assert len(done) == TRIALS[study]
    assert set(Counter(record.origin for record in done).values()) == {1}
    assert len({str(sorted(record.params.items())) for record in done}) == TRIALS[study]


def test_what_failed_was_lost_with_a_service_or_a_worker_and_went_on(submitted: Submitted) -> None:
    for study in OPTIONS:
        records = submitted.records(study)
        failed = {record.number: record for record in records if record.state == "FAIL"}
        followed = Counter(each.attributes["follows"] for each in records if "follows" in each.attributes)
        assert followed == Counter(dict.fromkeys(failed, 1))
        for record in failed.values():
            assert re.match("its (worker|driver)", str(record.attributes["reason"])), record.attributes


def test_a_study_had_no_more_devices_than_its_user_wanted(submitted: Submitted) -> None:
    assert overlaps(submitted.completed("cora")) == 0
    assert overlaps([record for study in OPTIONS for record in submitted.completed(study)]) > 0


def overlaps(records: list[TrialRecord]) -> int:
    """How many trials began before the one that began before them had ended."""
    spans = sorted((each.started, each.ended) for each in records if each.started and each.ended)
    return sum(begins < ends for (_, ends), (begins, _) in pairwise(spans))


def test_who_asked_for_more_devices_was_done_first(submitted: Submitted) -> None:
    """With equal shares it would be the other way round: less was asked of the others."""
    ended = {study: max(each.ended for each in submitted.completed(study) if each.ended) for study in OPTIONS}
    assert ended["anna"] < min(ended["bert"], ended["cora"])


def test_no_study_waited_for_another_to_end(submitted: Submitted) -> None:
    ended = {study: [each.ended for each in submitted.completed(study) if each.ended] for study in OPTIONS}
    assert max(min(times) for times in ended.values()) < min(max(times) for times in ended.values())


def test_metrics_name_no_study_and_no_secret(compose: Compose, submitted: Submitted) -> None:
    assert any(re.search(r'^tuner_trials\{state="running"\} [1-9]', page, re.M) for page in submitted.pages)
    hidden = [*OPTIONS, "dr_triplet", *map(compose.secret, SECRETS)]
    for page in submitted.pages:
        assert [each for each in hidden if each in page] == []


def test_the_queue_is_shown_to_whoever_knows_the_password(compose: Compose, submitted: Submitted) -> None:
    page = f"http://127.0.0.1:{compose.ports['8080']}/queue"
    status, body = get(page)
    assert status == 401
    assert not any(study.encode() in body for study in OPTIONS)


def test_a_standby_answers_and_takes_over(compose: Compose) -> None:
    leader = compose.containers["serve"][-1]
    wait_until(lambda: "tuner_leader 1.0" in metrics(leader))
    standby = compose.start("serve")
    assert "tuner_leader 0.0" in metrics(standby)
    leader.kill()
    wait_until(lambda: "tuner_leader 1.0" in metrics(standby))
