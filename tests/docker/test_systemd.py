"""The unit of systemd: systemd accepts it where it is installed, and it says what the service needs."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.compose_file import ROOT, composed, words
from tuner.config.sections import Budget

FILE = ROOT / "docker" / "systemd" / "tuner.service"
MOST_EXPOSURE = 20  # of 100, as `systemd-analyze security` counts
with_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd is not installed: its own check of the unit is left out",
)


class Repeated(dict[str, str]):
    """The settings of a section; those that may stand several times are joined."""

    def __setitem__(self, key: str, value: str | list[str]) -> None:
        if isinstance(value, list) and key in self:
            value = [*self[key], "\n", *value] if isinstance(self[key], list) else [self[key], "\n", *value]
        super().__setitem__(key, value)  # type: ignore[assignment]


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(
        dict_type=Repeated, strict=False, interpolation=None, delimiters=["="], comment_prefixes=["#"]
    )
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(FILE)
    return parser


def service() -> dict[str, str]:
    return dict(unit()["Service"])


def environment() -> dict[str, str]:
    return dict(setting.split("=", 1) for setting in service()["Environment"].split())


def seconds(name: str) -> float:
    return float(service()[name])


def here(folder: Path) -> Path:
    """The unit with a Python that this machine has."""
    copy = folder / "tuner.service"
    copy.write_text(FILE.read_text().replace("/opt/tuner/bin/python", sys.executable))
    return copy


@with_systemd
def test_systemd_accepts_it(tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", here(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@with_systemd
def test_systemd_finds_it_closed(tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSURE}", here(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_it_runs_the_service_as_a_user_of_its_own() -> None:
    settings = service()
    program, *arguments = words(settings["ExecStart"])
    assert program.startswith("/")
    assert arguments[:3] == ["-m", "tuner", "serve"]
    assert set(arguments) <= set(words(composed()["services"]["serve"]["command"]))
    assert settings["User"] == settings["Group"] == "tuner"
    assert environment()["HOME"] == settings["WorkingDirectory"] == f"/var/lib/{settings['StateDirectory']}"


def test_secrets_are_credentials_and_stand_in_no_environment() -> None:
    settings = service()
    credentials = dict(line.split(":") for line in settings["LoadCredential"].split())
    assert settings["EnvironmentFile"].startswith("/etc/tuner/")
    files = {name: value for name, value in environment().items() if value.startswith("%d/")}
    assert {value.removeprefix("%d/") for value in files.values()} == set(credentials)
    assert set(files) == {"TUNER_STORAGE_PASSWORD_FILE", "RAY_AUTH_TOKEN_PATH"}
    assert not re.search(r"://|PASSWORD=", FILE.read_text())


def test_it_writes_only_where_it_keeps_something() -> None:
    settings = service()
    assert settings["ProtectSystem"] == "strict"
    assert Path(environment()["TUNER_RUNS"]).is_relative_to(settings["ReadWritePaths"])
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "PrivateDevices"):
        assert settings[name] == "yes"
    assert settings["CapabilityBoundingSet"] == ""


def test_studies_have_time_to_hand_back() -> None:
    settings = service()
    assert settings["KillSignal"] == "SIGTERM"
    assert settings["KillMode"] == "mixed"  # or its Ray node would be ended before it
    assert seconds("TimeoutStopSec") > Budget.model_fields["stop_grace_seconds"].default
    assert settings["SuccessExitStatus"] == "143"
    assert settings["Restart"] == "on-failure"
