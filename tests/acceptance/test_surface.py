"""What a launch writes, and where; what becomes of its password when things break."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.acceptance.command_line import (
    DR_TRIPLET,
    OWN_STUDY,
    contents_below,
    environment,
    tuner,
    tuner_in_background,
    wait_until,
)

pytestmark = pytest.mark.acceptance

SECRET = "correct-horse-battery"

WATCHED = """
import os, sys
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
log = open(sys.argv[1], "w")
def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        if not isinstance(arguments[0], int):
            print(os.path.abspath(os.fsdecode(arguments[0])), file=log)
    elif event in ("os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.rename"):
        for path in arguments[:2]:
            if isinstance(path, (str, bytes)):
                print(os.path.abspath(os.fsdecode(path)), file=log)
sys.addaudithook(watch)
sys.argv[:] = ["tuner", *sys.argv[2:]]
from tuner.__main__ import main
main()
"""


RAISES_OR_WAITS = """
import os, time

class Mine:
    metrics = ("score",)

    def train(self, config, run):
        yield {"score": config["x"]}
        if run.folder.name == "trial-00000":
            raise RuntimeError("it broke")
        if run.folder.name == "trial-00001":
            run.folder.mkdir(parents=True, exist_ok=True)
            (run.folder / "writes").write_text(str(os.getpid()))
            (run.folder / "writes").rename(run.folder / "waits")
            while not (run.folder / "go_on").exists():
                time.sleep(0.1)
        yield {"score": config["x"]}
"""


def test_a_hostile_study_writes_nowhere_but_into_the_runs_folder(tmp_path: Path) -> None:
    """Its name climbs, and the runs folder is a link."""
    scratch, work = tmp_path / "scratch", tmp_path / "work"
    work.mkdir()
    scratch.mkdir()
    study = DR_TRIPLET.read_text()
    study = re.sub(r"^study: .*$", "study: ../../../escaped", study, flags=re.MULTILINE)
    (work / "study.yaml").write_text(study)
    (work / "runs").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere").mkdir()
    log = tmp_path / "written"
    words = ["launch", "study.yaml", "--serial", "budget={trials: 1, epochs: 2}"]
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(log), *words],
        cwd=work,
        env=environment(
            PYTHONDONTWRITEBYTECODE="1", TMPDIR=str(scratch), TORCHINDUCTOR_CACHE_DIR=str(scratch / "torch")
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    allowed = (work / "runs", work / "tuner.db", scratch, Path("/dev"))
    written = set(log.read_text().splitlines()) - {str(work)}  # to make a folder is to make those above it
    assert any(line.startswith(str(work / "runs" / "escaped-")) for line in written)
    assert {line for line in written if not line.startswith(tuple(map(str, allowed)))} == set()
    assert set(tmp_path.iterdir()) == before | {log}


def count(url: str, rows: str) -> int:
    """How many rows there are of a table; 0 while it is not made."""
    engine = create_engine(url)
    with engine.connect() as connection:
        there = inspect(connection).has_table(rows.split(maxsplit=1)[0])
        found = connection.scalar(text(f"SELECT COUNT(*) FROM {rows}")) if there else 0
    engine.dispose()
    return int(found or 0)


def wait_for_more(url: str, rows: str, process: subprocess.Popen[str]) -> None:
    seen = count(url, rows)
    wait_until(lambda: count(url, rows) > seen or process.poll() is not None, 100)
    assert process.poll() is None


def sql(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_no_fault_brings_the_password_out(empty_postgres_url: str, tmp_path: Path) -> None:
    """Connections cut, the driver killed, and the launch that goes on ended by a signal."""
    work, secrets = tmp_path / "work", tmp_path / "secrets"
    work.mkdir()
    secrets.write_text(SECRET)
    known = {
        "TUNER_STORAGE": empty_postgres_url.replace("://postgres:@", "://postgres@"),
        "TUNER_STORAGE_PASSWORD_FILE": str(secrets),
    }
    study = ("budget={trials: 3, epochs: 400}", "keep={checkpoint_seconds: 0}")
    launch = ("launch", DR_TRIPLET, *study, "--serial")
    driver = tuner_in_background(*launch, folder=work, **known)
    wait_for_more(empty_postgres_url, "tuner_reports", driver)
    outside = [Path(f"/proc/{driver.pid}/{file}").read_bytes() for file in ("cmdline", "environ")]
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tuner'"
    sql(empty_postgres_url, cut)
    wait_for_more(empty_postgres_url, "tuner_reports", driver)
    driver.kill()
    driver.wait()
    again = tuner_in_background("resume", "dr-triplet-digits", "--serial", folder=work, **known)
    wait_for_more(empty_postgres_url, "tuner_reports", again)
    again.send_signal(signal.SIGTERM)
    assert again.wait(100) == 128 + signal.SIGTERM
    looked = [tuner(*words, folder=work, **known) for words in (("status", "dr-triplet-digits"), ("doctor",))]

    assert SECRET.encode() not in b"".join(outside)
    assert not [each for each in looked if SECRET in each.stdout + each.stderr]
    files = [path for path in work.rglob("*") if path.is_file()]
    assert {"said.txt", "state.safetensors"} <= {path.name for path in files}
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_no_fault_on_ray_brings_the_password_out(
    empty_postgres_url: str, tmp_path: Path, short_path: Path
) -> None:
    """One training raises, one worker is killed, and what is stored is exported."""
    work, secrets = tmp_path / "work", tmp_path / "secrets"
    work.mkdir()
    secrets.write_text(SECRET)
    (work / "mine.py").write_text(RAISES_OR_WAITS)
    (work / "study.yaml").write_text(OWN_STUDY)
    known = {
        "TUNER_STORAGE": empty_postgres_url.replace("://postgres:@", "://postgres@"),
        "TUNER_STORAGE_PASSWORD_FILE": str(secrets),
        "RAY_TMPDIR": str(short_path),
    }
    driver = tuner_in_background(
        "launch", "study.yaml", "budget.trials=3", "--allow-code", folder=work, **known
    )
    wait_until(lambda: list(work.rglob("waits")) or driver.poll() is not None)
    (waits,) = work.rglob("waits")
    os.kill(int(waits.read_text()), signal.SIGKILL)
    logs = contents_below(short_path)  # they go with the launch
    waits.with_name("go_on").touch()
    assert driver.wait(200) == 0
    looked = [tuner(*words, folder=work, **known) for words in (("status", "own"), ("export", "own"))]
    assert all(word in looked[0].stdout for word in ("RuntimeError: it broke", "its worker was lost"))
    assert not [each for each in looked if SECRET in each.stdout + each.stderr]
    files = logs | contents_below(work)
    assert {"said.txt", "raylet.out"} <= {path.name for path in files}
    assert not [path for path, content in files.items() if SECRET.encode() in content]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"postgresql://tuner:{SECRET}@127.0.0.1:1/tuner", 4),
        (f"postgresql://127.0.0.1:1/tuner?user=u&password={SECRET}", 4),
        (f"postgresql://tuner:{SECRET}@[::1/tuner", 2),
    ],
)
def test_a_url_that_leads_nowhere_is_told_without_its_password(url: str, code: int, tmp_path: Path) -> None:
    done = tuner("status", folder=tmp_path, TUNER_STORAGE=url)
    assert SECRET not in done.stdout + done.stderr
    assert (done.returncode, len(done.stderr.splitlines())) == (code, 1), done.stderr
    doctor = tuner("doctor", "--json", folder=tmp_path, TUNER_STORAGE=url)
    assert SECRET not in doctor.stdout + doctor.stderr
    assert json.loads(doctor.stdout)
    assert list(tmp_path.iterdir()) == []
