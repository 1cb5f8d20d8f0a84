"""A network that loses what the database answers: every call is made again, and does nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.acceptance.command_line import wait_until
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.driven import Driven, ask
from tests.tuner.proxy import Proxy, proxy_to
from tuner.errors import Conflict
from tuner.store import database, lock
from tuner.store.tables.creation import make_store
from tuner.study.outcome import Completed, Failed, Stopped
from tuner.study.trial import Report

GOOD = {"score": 0.9}


@pytest.fixture
def proxy(postgres: str) -> Iterator[Proxy]:
    with proxy_to(Path(str(make_url(postgres).query["host"])) / ".s.PGSQL.5432") as proxy:
        yield proxy


@pytest.fixture
def study(proxy: Proxy, postgres_url: str) -> Driven:
    """A study whose store is reached through the proxy."""
    url = make_url(postgres_url).set(host="127.0.0.1", port=proxy.port, query={})
    return Driven(
        make_store(url.render_as_string(hide_password=False), []), toy_config(objectives=SINGLE, trials=2)
    )


class EveryWritesCommit:
    """Loses the answer to each transaction that wrote, but not again when that is repeated."""

    def __init__(self) -> None:
        self.lost = 0
        self._wrote = False
        self._repeated = False

    def __call__(self, message: bytes) -> bool:
        self._wrote |= b"INSERT INTO" in message or b"UPDATE " in message
        if b"COMMIT" not in message or not self._wrote:
            return False
        self._wrote = False
        self._repeated = not self._repeated
        self.lost += self._repeated
        return self._repeated


def test_every_commits_answer_is_lost_once(study: Driven, proxy: Proxy) -> None:
    proxy.loses = every = EveryWritesCommit()
    with study.driving():
        first = ask(study)
        for epoch in (1, 2):
            study.report(first, Report(epoch, {"score": epoch / 10}, checkpoint="state"))
        study.tell(first, Failed("its worker was lost", retry=True))
        again = ask(study)
        study.tell(again, Completed(GOOD))
        study.tell(ask(study), Stopped({}, 1, "asha"))
        assert study.ask() is None
    proxy.loses = lambda _: False
    assert every.lost >= 8  # three trials asked for, two reports, three outcomes
    records = study.view.records()
    assert [(record.number, record.state) for record in records] == [
        (0, "FAIL"),
        (1, "COMPLETE"),
        (2, "PRUNED"),
    ]
    assert (again.retry_of, again.reported, records[1].values) == (0, 2, (0.9,))
    assert study.view.reports() == [(0, 1, {"score": 0.1}), (0, 2, {"score": 0.2})]


def test_a_server_that_was_cut_off_lets_go_of_the_lock(
    study: Driven, proxy: Proxy, postgres_url: str
) -> None:
    proxy.keeps_sessions = True  # the server goes on to believe in the session that holds the lock
    with study.driving():
        proxy.cut()
        assert ask(study).number == 0
        assert [record.state for record in study.view.records()] == ["RUNNING"]
        other = Driven(make_store(postgres_url, []), toy_config(objectives=SINGLE, trials=2))
        with pytest.raises(Conflict, match="is driven by"), other.driving():
            pass


def test_connections_have_time_outs_and_keep_each_other_alive(study: Driven) -> None:
    shown = {
        "statement_timeout": "1min",
        "lock_timeout": "30s",
        "TimeZone": "UTC",
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }
    unix = {name for name in shown if name.startswith("tcp")}  # the proxy's own way to the server
    with study.engine.connect() as connection:
        found = {name: connection.scalar(text(f"SHOW {name}")) for name in shown}
        driver = connection.connection.driver_connection
        assert driver is not None
        said = driver.info.dsn_parameters
    assert {name: found[name].upper() for name in shown if name not in unix} == {
        name: value.upper() for name, value in shown.items() if name not in unix
    }
    assert all(f"-c {name}={shown[name]}" in said["options"] for name in unix)
    assert (said["keepalives"], said["keepalives_idle"], said["tcp_user_timeout"]) == ("1", "30", "60000")


def test_who_waits_for_the_lock_has_no_time_out(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATEMENT_TIMEOUT_SECONDS", "LOCK_TIMEOUT_SECONDS"):
        monkeypatch.setattr(database, name, 1)
    one, other = make_store(postgres_url, []), make_store(postgres_url, [])
    waiting = text(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' "
        "AND clock_timestamp() - query_start > interval '2 seconds'"
    )

    def take() -> str:
        with lock.exclusive(other, "making a study", wait=True):
            pass
        with other.connect() as connection:  # the one that waited, from the pool
            return str(connection.scalar(text("SHOW statement_timeout")))

    with ThreadPoolExecutor(1) as thread:
        looking = one.execution_options(isolation_level="AUTOCOMMIT")  # a transaction would see no change
        with lock.exclusive(one, "making a study", wait=True), looking.connect() as connection:
            taken = thread.submit(take)
            wait_until(lambda: connection.scalar(waiting) or taken.done())
            assert not taken.done()
        assert taken.result() == "1s"
