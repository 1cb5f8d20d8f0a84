"""A network of machines whose cables can be pulled out, and the environment of what runs on them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.command_line import ROOT
from tests.integration.network.machines import Network, missing, network

# A node that is silent for some ten seconds is dead; Ray's own settings come to more than a minute.
_SOON_DEAD = {"RAY_health_check_period_ms": "1000", "RAY_health_check_timeout_ms": "2000"}


@pytest.fixture(scope="session")
def can_be_cut() -> None:
    """Skips tests where there can be no such network."""
    why = missing()
    if why is not None:
        pytest.skip(why)


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """What every process has in its environment: the cluster's token, and where code is."""
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    return token | {"PYTHONPATH": f"{ROOT}:{tmp_path}"}


@pytest.fixture
def net(can_be_cut: None, variables: dict[str, str]) -> Iterator[Network]:
    with network(**variables, **_SOON_DEAD) as made:
        yield made
