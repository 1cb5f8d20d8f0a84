"""When the dashboard needs a password, and which names it answers to."""

from __future__ import annotations

import pytest

from tuner.errors import UsageError
from tuner.results.dashboard.access import LOOPBACK_NAMES, Access, host_name


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "::1"])
def test_this_machine_needs_no_password(host: str) -> None:
    assert Access.at(host).password is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "*", "10.0.0.5", "tuner.example", "127.1"])
def test_every_other_address_needs_one(host: str) -> None:
    with pytest.raises(UsageError, match="needs a password; set TUNER_DASHBOARD_PASSWORD"):
        Access.at(host)
    assert Access.at(host, password="word").password == "word"


@pytest.mark.parametrize(
    ("host", "names", "added"),
    [
        ("127.0.0.1", (), set()),
        ("0.0.0.0", (), set()),
        ("::", (), set()),
        ("10.0.0.5", (), {"10.0.0.5"}),
        ("fe80::1", (), {"[fe80::1]"}),
        ("0.0.0.0", ("Node-3.lan", "10.0.0.5:8080"), {"node-3.lan", "10.0.0.5"}),
    ],
)
def test_names(host: str, names: tuple[str, ...], added: set[str]) -> None:
    assert Access.at(host, names, "word").hosts == LOOPBACK_NAMES | added


@pytest.mark.parametrize(
    ("host", "name"),
    [("A.b:80", "a.b"), ("[::1]:8080", "[::1]"), ("::1", "[::1]"), ("a.b", "a.b"), ("a.b:", "a.b"), ("", "")],
)
def test_a_host_is_named_as_browsers_do(host: str, name: str) -> None:
    assert host_name(host) == name
