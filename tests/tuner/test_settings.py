"""What the environment and the command line say, together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuner.errors import UsageError
from tuner.settings import Settings, secret

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
    ("content", "said"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "not text")]
)
def test_a_secret_that_cannot_be_read_is_named(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=f"TUNER_STORAGE_PASSWORD_FILE: .*{said}"):
        secret("TUNER_STORAGE_PASSWORD", {"TUNER_STORAGE_PASSWORD_FILE": str(file)})


def test_rays_client_is_refused() -> None:
    with pytest.raises(UsageError, match="head's own address"):
        Settings.read(cluster="ray://head:10001")
