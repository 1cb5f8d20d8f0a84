"""A service drives the queue of a store: killed, stopped, replaced, with studies that break."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path

import pytest

from tests.acceptance.command_line import wait_until
from tests.acceptance.serving import Served
from tests.tuner.postgres_server import a_server

pytestmark = pytest.mark.acceptance


def ended_at(served: Served, name: str) -> list[datetime]:
    """When the completed trials of a study ended."""
    records = served.records(name)
    return sorted(record.ended for record in records if record.state == "COMPLETE" and record.ended)


def test_three_studies_meet_their_budgets_though_the_service_is_killed_twice(
    tmp_path: Path, sqlite_url: str
) -> None:
    served = Served(tmp_path, sqlite_url)
    served.submit("low", trials=20)
    served.submit("high", "--priority", "30", trials=30)
    served.submit("one", "--max-devices", "1", trials=10)
    for done in (4, 16):
        with served.serving() as service:
            wait_until(lambda done=done: served.completed("low", "high", "one") >= done)
            service.kill()
    with served.serving():
        served.wait_for("low", "high", "one")
    for name, trials in (("low", 20), ("high", 30), ("one", 10)):
        records = served.records(name)
        states = [record.state for record in records]
        assert states.count("COMPLETE") == trials
        assert {"RUNNING", "WAITING"}.isdisjoint(states)
        trained = [record.params["x"] for record in records if record.state == "COMPLETE"]
        assert len(set(trained)) == trials
    last = ended_at(served, "high")[-1]
    before = {name: sum(at <= last for at in ended_at(served, name)) for name in ("low", "one")}
    assert before["low"] < 20, "what has a third of the priority is not done first"
    assert before["low"] >= 6


def test_devices_are_shared_by_priority(tmp_path: Path, sqlite_url: str) -> None:
    served = Served(tmp_path, sqlite_url)
    for name, priority in (("high", 40), ("middle", 20), ("low", 10)):
        served.submit(name, "--priority", str(priority), trials=60)
    with served.serving():
        served.wait_for("high")
    spans = {
        name: [(each.started, each.ended) for each in served.records(name) if each.started and each.ended]
        for name in ("high", "middle", "low")
    }
    begun = max(min(spans[name])[0] for name in spans)
    until = max(end for _, end in spans["high"])
    seconds = {
        name: sum(
            (end - start).total_seconds() for start, end in spans[name] if begun <= start and end <= until
        )
        for name in spans
    }
    assert seconds["middle"] / seconds["high"] == pytest.approx(1 / 2, abs=0.2)
    assert seconds["low"] / seconds["high"] == pytest.approx(1 / 4, abs=0.15)


def test_a_study_that_breaks_ends_alone_and_one_is_stopped_and_goes_on(
    tmp_path: Path, storage_url: str
) -> None:
    served = Served(tmp_path, storage_url)
    served.submit("breaks", raises=True, trials=50)
    served.submit("good", trials=8)
    served.submit("long", trials=400)
    with served.serving() as service:
        served.wait_for("good")
        served.wait_for("breaks", state="broken")
        assert "failed" in (served.queue()["breaks"].reason or "")
        wait_until(lambda: served.completed("long"))
        served.tuner("stop", "long")
        assert served.queue()["long"].state == "stopped"
        stopped = served.completed("long")
        assert 0 < stopped < 400
        served.tuner("resume", "long", "--allow-code")
        wait_until(lambda: served.completed("long") > stopped)
        service.send_signal(signal.SIGTERM)
        assert service.wait() == 128 + signal.SIGTERM
    assert served.queue()["long"].state == "queued"
    assert "RUNNING" not in {record.state for record in served.records("long")}
    assert not [r for r in served.records("long") if "lost" in str(r.attributes.get("reason"))]


def test_a_service_takes_over_from_one_that_is_killed(tmp_path: Path, postgres_url: str) -> None:
    served = Served(tmp_path, postgres_url)
    served.submit("study", trials=40)
    with served.serving() as first:
        wait_until(lambda: served.completed("study") >= 2)
        with served.serving() as second:
            wait_until(lambda: len(served.services()) == 2)
            first.kill()
            wait_until(lambda: f"process {second.pid} " in next(iter(served.services())).holder)
            served.wait_for("study")
    states = [record.state for record in served.records("study")]
    assert states.count("COMPLETE") == 40
    assert set(states) <= {"COMPLETE", "FAIL"}


def test_a_service_that_is_silent_is_replaced_and_stands_by_when_it_is_back(
    tmp_path: Path, postgres_url: str
) -> None:
    """It is stopped, and its sessions stay open, as those of a machine that has lost its network."""
    served = Served(tmp_path, postgres_url)
    with served.serving() as first:
        wait_until(lambda: served.leader() == first.pid)
        with served.serving() as second:
            wait_until(lambda: len(served.services()) == 2)
            served.submit("study", trials=40, seconds=0.3)
            wait_until(lambda: served.completed("study") >= 2)
            first.send_signal(signal.SIGSTOP)
            try:
                wait_until(lambda: served.leader() == second.pid)
                done = served.completed("study")
                wait_until(lambda: served.completed("study") >= done + 2)
            finally:
                first.send_signal(signal.SIGCONT)
            wait_until(lambda: "drives the queue no longer: another service drives the queue" in served.said)
            wait_until(lambda: len(served.services()) == 2)
            assert served.leader() == second.pid
            served.wait_for("study")
            assert first.poll() is None
    records = served.records("study")
    assert [record.state for record in records].count("COMPLETE") == 40
    trained = [record.params["x"] for record in records if record.state == "COMPLETE"]
    assert len(set(trained)) == 40
    assert {record.state for record in records} <= {"COMPLETE", "FAIL"}


def test_a_study_of_own_code_waits_for_a_service_that_may_run_it(tmp_path: Path, sqlite_url: str) -> None:
    served = Served(tmp_path, sqlite_url)
    served.submit("own")
    with served.serving(allow_code=False):
        wait_until(lambda: "--allow-code" in (served.queue()["own"].reason or ""))
    assert served.queue()["own"].state == "queued"
    assert served.records("own") == []


def test_studies_go_on_while_the_database_is_away(tmp_path: Path, postgres: str) -> None:
    """The first ends meanwhile, and all is stored when the database is back."""
    del postgres  # which says where this machine's programs of Postgres are
    with a_server() as server:
        served = Served(tmp_path, server.url())
        served.submit("short", trials=6)
        served.submit("long", trials=30)
        with served.serving():
            wait_until(lambda: served.completed("short", "long") >= 2)
            server.stop("immediate")
            wait_until(lambda: "what runs goes on" in served.said)
            (log,) = (tmp_path / "runs").glob("short-*/events/*.log")
            wait_until(lambda: log.read_text().count('"COMPLETE"') == 6)
            server.start()
            wait_until(lambda: "the database is back" in served.said)
            served.wait_for("short", "long")
        for name, trials in (("short", 6), ("long", 30)):
            states = [record.state for record in served.records(name)]
            assert states.count("COMPLETE") == trials
            assert {"RUNNING", "WAITING"}.isdisjoint(states)


def test_an_sqlite_file_that_goes_ends_the_service_and_put_back_it_goes_on(
    tmp_path: Path, sqlite_url: str
) -> None:
    served = Served(tmp_path, sqlite_url)
    served.submit("one", trials=30)
    file, kept = tmp_path / "tuner.db", tmp_path / "kept.db"
    with served.serving() as service:
        wait_until(lambda: served.completed("one") >= 2)
        file.rename(kept)
        assert service.wait(timeout=60) == 4
    assert "was deleted or replaced" in (tmp_path / "service.txt").read_text()
    for part in tmp_path.glob("tuner.db*"):
        part.unlink()
    kept.rename(file)
    with served.serving():
        served.wait_for("one")
    assert [record.state for record in served.records("one")].count("COMPLETE") == 30
