"""Whom Ray lets in: decided before it starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tuner.errors import UsageError
from tuner.run.on_ray.environment import set_ray_environment, without_secrets

HEAD = "head:6379"
SECRETS = {
    "TUNER_STORAGE": "postgresql://tuner:secret@host/tuner",
    "TUNER_STORAGE_PASSWORD": "secret",
    "TUNER_STORAGE_PASSWORD_FILE": "/run/secrets/postgres_password",
    "TUNER_DASHBOARD_PASSWORD": "secret",
    "TUNER_DASHBOARD_PASSWORD_FILE": "/run/secrets/dashboard_password",
    "PGPASSWORD": "secret",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {"HOME": str(tmp_path)})


@pytest.mark.parametrize("said", [{}, {"RAY_AUTH_MODE": "token"}, {"RAY_AUTH_TOKEN_PATH": "/the/clusters"}])
def test_a_ray_of_our_own_has_a_token_of_its_own(said: dict[str, str]) -> None:
    os.environ.update(said)
    set_ray_environment(None)
    assert os.environ["RAY_AUTH_MODE"] == "token"
    assert len(os.environ["RAY_AUTH_TOKEN"]) == 64


def test_secrets_are_hidden_while_ray_starts() -> None:
    os.environ.update(SECRETS)
    before = dict(os.environ)
    with without_secrets():
        assert not SECRETS.keys() & os.environ.keys()
        assert "HOME" in os.environ
    assert os.environ == before


@pytest.mark.parametrize("variable", ["RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "HOME"])
def test_a_cluster_is_joined_with_the_token_that_is_kept_for_it(variable: str, tmp_path: Path) -> None:
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("0" * 64)
    (tmp_path / "token").write_text("0" * 64)
    values = {
        "RAY_AUTH_TOKEN": "0" * 64,
        "RAY_AUTH_TOKEN_PATH": str(tmp_path / "token"),
        "HOME": str(tmp_path),
    }
    os.environ[variable] = values[variable]
    before = os.environ.get("RAY_AUTH_TOKEN")
    set_ray_environment(HEAD)
    assert os.environ["RAY_AUTH_MODE"] == "token"
    assert os.environ.get("RAY_AUTH_TOKEN") == before


def test_a_cluster_without_a_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"wants a token, and .*auth_token cannot be read \(No such file"):
        set_ray_environment(HEAD)
    os.environ["RAY_AUTH_TOKEN_PATH"] = str(tmp_path / "empty")
    (tmp_path / "empty").touch()
    with pytest.raises(UsageError, match=r"empty is empty; .*--insecure"):
        set_ray_environment(HEAD)


def test_authentication_that_is_off_is_refused_unless_it_is_said() -> None:
    os.environ["RAY_AUTH_MODE"] = "disabled"
    with pytest.raises(UsageError, match="RAY_AUTH_MODE is 'disabled'"):
        set_ray_environment(HEAD)
    os.environ.pop("RAY_AUTH_MODE")
    set_ray_environment(HEAD, insecure=True)
    assert os.environ["RAY_AUTH_MODE"] == "disabled"
