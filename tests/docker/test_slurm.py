"""The job script for Slurm on this machine: Slurm's programs, Ray and the service are stand-ins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.command_line import wait_until
from tests.docker.slurm import JOB, RAY, SCONTROL, SCRIPT, SERVICE, SRUN, Allocation
from tuner.config.sections import Budget

PORT = 20_000 + JOB


@pytest.fixture
def allocation(tmp_path: Path) -> Iterator[Allocation]:
    """A job whose service runs."""
    job = Allocation.start(tmp_path, srun=SRUN, scontrol=SCONTROL, ray=RAY, python=SERVICE)
    try:
        wait_until(lambda: job.noted("service") and job.noted("worker"))
        yield job
    finally:
        job.kill()


def test_the_service_hands_back_before_the_time_is_over(allocation: Allocation) -> None:
    allocation.ask_to_end()
    assert allocation.process.wait(60) == 143
    assert allocation.read("service.end") == "handed back\n"
    for node in ("head", "worker"):
        assert allocation.read(f"{node}.end") == "ended\n"
    assert not allocation.token.exists()


def test_slurm_asks_early_enough() -> None:
    (seconds,) = re.findall(r"^#SBATCH --signal=B:TERM@(\d+)$", SCRIPT.read_text(), re.MULTILINE)
    grace = Budget.model_fields["stop_grace_seconds"].default
    assert int(seconds) >= 2 * grace  # what is left is for Ray's end


def test_a_service_that_ends_by_itself_ends_the_job_with_its_code(allocation: Allocation) -> None:
    (allocation.steps / "end").touch()
    assert allocation.process.wait(60) == 3
    assert allocation.noted("head.end")
    assert allocation.noted("worker.end")


def test_nodes_share_a_token_that_nobody_else_can_read(allocation: Allocation) -> None:
    assert allocation.token.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch("[0-9a-f]{64}", allocation.token.read_text())
    for part in ("head", "worker", "service"):
        environment = allocation.read(f"{part}.environment")
        assert f"RAY_AUTH_TOKEN_PATH={allocation.token}\n" in environment
        assert "RAY_AUTH_MODE=token\n" in environment
        assert allocation.token.read_text() not in environment


def test_only_the_service_knows_the_database(allocation: Allocation) -> None:
    assert "TUNER_STORAGE_PASSWORD=a password\n" in allocation.read("service.environment")
    for node in ("head", "worker"):
        assert "TUNER_STORAGE" not in allocation.read(f"{node}.environment")
        assert "a password" not in allocation.read(f"{node}.environment")


def test_a_worker_on_each_node_and_the_head_on_the_first(allocation: Allocation) -> None:
    head, worker = allocation.read("head").split(), allocation.read("worker").split()
    assert {f"--port={PORT}", "--num-cpus=0", "--num-gpus=0", "--block"} <= set(head)
    assert {f"--address=127.0.0.1:{PORT}", "--num-cpus=1", "--block"} <= set(worker)
    options = allocation.read("srun").split()
    assert {"--nodelist=127.0.0.1", "--ntasks=2", "--ntasks-per-node=1", "--cpus-per-task=1"} <= set(options)
    assert options.count("--overlap") == 2
    assert f"RAY_ADDRESS=127.0.0.1:{PORT}\n" in allocation.read("service.environment")
    assert allocation.read("service").split() == [
        *["-m", "tuner", "serve", "--metrics-port", "9464", "--studies", "2"]
    ]


def test_a_node_that_is_lost_does_not_end_the_job(allocation: Allocation) -> None:
    assert "#SBATCH --no-kill\n" in SCRIPT.read_text()
    assert {"--no-kill", "--kill-on-bad-exit=0"} <= set(allocation.read("srun").split())
    (allocation.steps / "break").touch()
    wait_until(lambda: allocation.noted("worker.end"))
    assert allocation.process.poll() is None
    allocation.ask_to_end()
    assert allocation.process.wait(60) == 143


def test_a_head_that_ends_ends_the_job_with_a_line(tmp_path: Path) -> None:
    broken = '[ "$1" = start ] && exit 1; exit 1'
    job = Allocation.start(tmp_path, srun=SRUN, scontrol=SCONTROL, ray=broken, python=SERVICE)
    try:
        assert job.process.wait(60) == 4
        assert "Ray's head has ended" in (tmp_path / "log").read_text()
        assert not job.noted("service")
        assert not job.token.exists()
    finally:
        job.kill()


def test_asked_before_the_service_runs_it_ends_at_once(tmp_path: Path) -> None:
    waiting = 'touch "$STEPS/asked"; [ "$1" = health-check ] && exit 1; exec sleep 600'
    job = Allocation.start(tmp_path, srun=SRUN, scontrol=SCONTROL, ray=waiting, python=SERVICE)
    try:
        wait_until(lambda: job.noted("asked"))
        job.ask_to_end()
        assert job.process.wait(60) == 143
        assert not job.noted("service")
        assert not job.token.exists()
    finally:
        job.kill()
