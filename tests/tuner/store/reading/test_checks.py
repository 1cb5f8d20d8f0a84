"""What is said of a study store that cannot serve: URL, database, rights, tables, clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.acceptance.command_line import wait_until
from tuner.checks import CheckResult
from tuner.errors import Unreachable
from tuner.store.reading.checks import clock_check, skew_of, store_checks
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store

NEWER = "UPDATE alembic_version SET version_num = 'v9.0.0.a'"
OLDER = "UPDATE alembic_version SET version_num = 'v3.0.0.d'"


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def problems(url: str) -> list[tuple[str, str, str]]:
    return [(each.check, each.message, each.hint) for each in store_checks(url) if each.problem]


def changed(url: str, **parts: object) -> str:
    return make_url(url).set(**parts).render_as_string(hide_password=False)  # type: ignore[arg-type]


def test_a_store_that_lacks_nothing(storage_url: str) -> None:
    make_store(storage_url, ["score"]).engine.dispose()
    found = list(store_checks(storage_url))
    assert not [each for each in found if each.problem]
    checks = ["storage", "database", "writing", "schema"]
    assert [each.check for each in found][:4] == checks
    assert len(found) == (4 if storage_url.startswith("sqlite") else 5)  # Postgres has a clock of its own


@pytest.mark.parametrize(
    ("statement", "schema"),
    [
        (NEWER, "the tables are of a newer version than this program's"),
        (OLDER, "the tables are of an older version than this program's"),
        ("DROP TABLE tuner_reports", "tables are missing"),
    ],
)
def test_tables_that_do_not_fit(statement: str, schema: str, storage_url: str) -> None:
    make_store(storage_url, ["score"]).engine.dispose()
    execute(storage_url, statement)
    ((check, said, hint),) = problems(storage_url)
    assert (check, said) == ("schema", schema)
    assert hint in ("update this program", "run: python -m tuner migrate")


def test_no_tables_and_none_are_made(empty_postgres_url: str, sqlite_url: str, tmp_path: Path) -> None:
    said = [each.message for each in store_checks(empty_postgres_url) if each.check == "schema"]
    assert said == ["there are no tables yet; the first launch makes them"]
    assert problems(empty_postgres_url) == []
    assert problems(sqlite_url) == []  # the first launch makes the file
    assert list(tmp_path.iterdir()) == []


def test_another_programs_tables(empty_postgres_url: str) -> None:
    execute(empty_postgres_url, "CREATE TABLE patients (name TEXT)")
    ((check, said, _),) = problems(empty_postgres_url)
    assert (check, said) == ("schema", "the tables are another program's")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("banana", "the storage is not a database URL"),
        ("mysql://host/tuner", "a study cannot be kept in mysql://host/tuner"),
        ("sqlite:////nowhere/tuner.db", "the folder of the storage /nowhere/tuner.db does not exist"),
    ],
)
def test_a_url_that_cannot_be_used(url: str, said: str) -> None:
    assert [(check, text) for check, text, _ in problems(url)] == [("storage", said)]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "tuner.db").write_text("a letter to a friend, which is long enough to be one" * 99)
    ((check, said, hint),) = problems(f"sqlite:///{tmp_path}/tuner.db")
    assert (check, said, hint) == (
        "database",
        "file is not a database",
        "name another file for the studies",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_and_a_folder_that_are_read_only(sqlite_url: str, tmp_path: Path) -> None:
    make_store(sqlite_url, ["score"]).engine.dispose()
    for closed in (tmp_path / "tuner.db", tmp_path):
        mode = closed.stat().st_mode
        closed.chmod(0o555)
        ((check, said, _),) = problems(sqlite_url)
        assert (check, said) == ("writing", f"{closed} cannot be written to")
        closed.chmod(mode)


def test_a_database_that_is_not_there(postgres_url: str) -> None:
    ((check, said, hint),) = problems(changed(postgres_url, database="nowhere"))
    assert (check, 'database "nowhere" does not exist' in said) == ("database", True)
    assert hint.endswith("createdb")


def test_a_user_that_is_not_there(postgres_url: str) -> None:
    ((_, said, hint),) = problems(changed(postgres_url, username="nobody_knows"))
    assert 'role "nobody_knows" does not exist' in said
    assert hint.endswith("createuser")


def test_a_port_that_is_closed() -> None:
    ((check, said, hint),) = problems("postgresql://tuner@127.0.0.1:1/tuner")
    assert (check, "Connection refused" in said) == ("database", True)
    assert hint.startswith("start the database, or correct host and port")


def test_a_reader_and_a_maker_say_what_to_do_too(postgres_url: str) -> None:
    no_database = changed(postgres_url, database="nowhere")
    no_user = changed(postgres_url, username="nobody_knows")
    cases = [(no_database, "createdb"), (no_user, "createuser")]
    cases += [("postgresql://tuner@127.0.0.1:1/tuner", "start the database, or correct host and port")]
    for url, hint in cases:
        for use in (StudyStore.open, lambda url: make_store(url, ["score"])):
            with pytest.raises(Unreachable, match=f"cannot be used: .*; .*{hint}"):
                use(url)


@pytest.fixture
def guarded_url(postgres: str, postgres_url: str) -> Iterator[str]:
    """The URL of a database whose user `guarded` needs the password `right`."""
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        rules = Path(connection.scalar(text("SHOW hba_file")) or "")
        before = rules.read_text()
        rules.write_text("local all guarded scram-sha-256\n" + before)
        connection.execute(text("SELECT pg_reload_conf()"))
        url = changed(postgres_url, username="guarded", password="wrong")
        wait_until(lambda: "password" in problems(url)[0][1])  # the server reads its rules in its own time
        yield url
        connection.execute(text("DROP OWNED BY guarded"))
        connection.execute(text("DROP ROLE guarded"))
        rules.write_text(before)
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def test_a_password_and_rights(guarded_url: str, postgres_url: str) -> None:
    without = changed(postgres_url, username="guarded")
    for url, words in ((guarded_url, "password authentication failed"), (without, "no password supplied")):
        ((check, said, hint),) = problems(url)
        assert (check, words in said) == ("database", True)
        assert hint.startswith("correct it in TUNER_STORAGE_PASSWORD, or in the file")
        assert "wrong" not in said
        with pytest.raises(Unreachable, match=r"correct it in TUNER_STORAGE_PASSWORD, .*TUNER_STORAGE_FROM"):
            StudyStore.open(url)
    with pytest.raises(Unreachable, match="password authentication failed") as refused:
        make_store(guarded_url, [])
    assert "wrong" not in str(refused.value)
    right = changed(guarded_url, password="right")
    ((check, said, hint),) = problems(right)
    assert (check, said) == ("database", "permission denied for table alembic_version")
    assert "GRANT" in hint
    execute(postgres_url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guarded")
    ((check, said, _),) = problems(right)
    assert (check, said) == ("writing", "the user may not write to the tables")
    assert not any("right@" in str(each) for each in store_checks(right))


def test_a_database_that_is_read_only(postgres_url: str) -> None:
    name = make_url(postgres_url).database
    execute(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert [(check, said) for check, said, _ in problems(postgres_url)] == [
        ("writing", "the database is read-only")
    ]


@pytest.mark.parametrize(
    ("clock", "skew"), [(100.0, 0.0), (103.0, 0.0), (107.5, 3.5), (97.0, -3.0), (99.0, -1.0)]
)
def test_a_clock_may_be_anywhere_in_the_span_in_which_it_was_read(clock: float, skew: float) -> None:
    assert skew_of(clock, asked=100.0, answered=104.0) == skew


@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (0.0, "its clock agrees with ours"),
        (2.0, "its clock agrees with ours"),
        (7200.2, "its clock is 7200 s ahead of ours"),
        (-3.0, "its clock is 3 s behind ours"),
    ],
)
def test_clocks_that_differ(skew: float, said: str) -> None:
    found = clock_check("node a", skew)
    assert (found.check, found.message, found.problem) == ("node a", said, abs(skew) > 2)
    assert found.hint == ("set the clocks by NTP" if found.problem else "")


def test_a_finding_is_a_line() -> None:
    assert str(CheckResult.wrong("schema", "there are none; make them; soon")) == (
        "problem  schema: there are none; make them; soon"
    )
    assert str(CheckResult.fine("schema", "up to date")) == "ok       schema: up to date"
