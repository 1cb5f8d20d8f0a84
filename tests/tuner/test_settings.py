"""What the environment and the command line say, together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tuner.errors import UsageError
from tuner.hidden_passwords import MOVED
from tuner.settings import Settings, host_and_port, secret
from tuner.store.database import parse_url

POSTGRES = "postgresql://tuner@postgres/tuner"


def test_the_command_line_wins() -> None:
    environ = {"TUNER_STORAGE": "sqlite:///b.db", "RAY_ADDRESS": "head:6379"}
    settings = Settings.read("sqlite:///a.db", "other:6379", environ=environ)
    assert (settings.storage, settings.ray_address) == ("sqlite:///a.db", "other:6379")
    assert settings.repeated == ("--storage", "sqlite:///a.db")
    assert settings.joined == ("--cluster", "other:6379")
    assert Settings.read(environ=environ).ray_address == "head:6379"
    assert Settings.read(environ=environ).joined == ()
    assert Settings.read(insecure=True, environ=environ).joined == ("--insecure",)


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings.read("sqlite:///~/tuner.db", environ={"TUNER_RUNS": "~/runs"})
    assert settings.runs_folder == tmp_path / "runs"
    assert parse_url(settings.storage).database == str(tmp_path / "tuner.db")


def test_options_of_an_sqlite_file_are_refused() -> None:
    with pytest.raises(
        UsageError, match=r"sqlite:///x\.db\?mode=ro: an SQLite file takes no options; end it"
    ):
        parse_url("sqlite:///x.db?mode=ro")


def test_a_printed_command_repeats_the_options_of_the_one_that_prints_it() -> None:
    given = {"storage": "sqlite:///a.db", "cluster": "other:6379", "insecure": True}
    settings = Settings.read(**given, environ={})  # type: ignore[arg-type]
    store = "--storage sqlite:///a.db"
    resume = f"python -m tuner resume {store} --cluster other:6379 --insecure --allow-code --more 3 -- -x"
    assert settings.resume("-x", allow_code=True, more=3) == resume
    assert settings.again("show", "x", trial=7) == f"python -m tuner show {store} x 7"
    serial = Settings.read(serial=True, environ={})
    assert serial.resume("x", allow_code=False) == "python -m tuner resume --serial x"
    assert serial.again("confirm", "x", "--top", "2") == "python -m tuner confirm --serial --top 2 x"
    assert serial.again("status", "x") == "python -m tuner status x"


@pytest.mark.parametrize(
    ("storage", "environ"),
    [
        ("postgresql://tuner:secret@postgres/tuner", {}),  # from Python
        ("postgresql://postgres/tuner?user=tuner&password=secret", {}),
        (None, {"TUNER_STORAGE": "postgresql://tuner:secret@postgres/tuner", MOVED: "1"}),
    ],
)
def test_a_printed_command_names_the_variable_of_a_store_with_a_password(
    storage: str | None, environ: dict[str, str]
) -> None:
    settings = Settings.read(storage, serial=True, environ=environ)
    resume = "python -m tuner resume --serial x  # with the store's URL in TUNER_STORAGE"
    assert settings.resume("x", allow_code=False) == resume
    assert "secret" not in repr(settings)


def test_a_store_of_the_environment_is_there_for_the_next_command() -> None:
    settings = Settings.read(environ={"TUNER_STORAGE": "postgresql://tuner:secret@postgres/tuner"})
    assert settings.resume("x", allow_code=False) == "python -m tuner resume x"


def test_the_password_comes_from_a_file_and_is_escaped(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s/p@c:e%\n")
    environ = {"TUNER_STORAGE": POSTGRES, "TUNER_STORAGE_PASSWORD_FILE": str(file)}
    settings = Settings.read(environ=environ)
    assert settings.storage == "postgresql://tuner:s%2Fp%40c%3Ae%25@postgres/tuner"
    assert "s%2Fp" not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///tuner.db",
        "postgresql://tuner:own@postgres/tuner",
        "tuner.db",
        "postgresql://tuner@[::1/tuner",
    ],
)
def test_a_url_that_takes_no_password_is_left_alone(url: str) -> None:
    assert Settings.read(url, environ={"TUNER_STORAGE_PASSWORD": "other"}).storage == url


def test_a_password_without_a_user_is_refused() -> None:
    with pytest.raises(UsageError, match="names no user for its password"):
        Settings.read("postgresql://postgres/tuner", environ={"TUNER_STORAGE_PASSWORD": "secret"})


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "not text")]
)
def test_a_secret_that_cannot_be_read_is_named(content: bytes | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=f"TUNER_STORAGE_PASSWORD_FILE: .*{message}"):
        secret("TUNER_STORAGE_PASSWORD", {"TUNER_STORAGE_PASSWORD_FILE": str(file)})


def test_rays_client_is_refused_but_only_where_a_cluster_is_needed() -> None:
    address = Settings.read(environ={"RAY_ADDRESS": "ray://head:10001"}).ray_address
    assert address
    with pytest.raises(UsageError, match="head's own address"):
        host_and_port(address)


@pytest.mark.parametrize("address", ["head:6379", "10.0.0.1:1", "head-0.ray.svc:65535"])
def test_an_address(address: str) -> None:
    host, _, port = address.partition(":")
    assert host_and_port(address) == (host, int(port))


def test_an_address_of_ipv6() -> None:
    assert host_and_port("[::1]:6379") == ("::1", 6379)


@pytest.mark.parametrize(
    "address",
    ["head", "head:", ":6379", "head:x", "head:0", "head:65536", "head:99999", "http://host:1", "::1:6379"],
)
def test_what_is_no_address_is_told_what_one_is(address: str) -> None:
    message = f"{address!r} is not HOST:PORT with a port from 1 to 65535; write it like 10.0.0.1:6379"
    with pytest.raises(UsageError, match=re.escape(message)):
        host_and_port(address)
