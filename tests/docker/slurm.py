"""An allocation of Slurm on this machine: the job script, and stand-ins for the programs that it calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.acceptance.compose_file import ROOT

SCRIPT = ROOT / "docker" / "slurm" / "tuner.sbatch"
JOB = 4711

SCONTROL = """
    echo 127.0.0.1  # `scontrol show hostnames`: a line a node
    echo node-2
"""
# Runs what is to run on a node here, once; notes its options, and passes its own end on as srun does.
SRUN = """
    while [[ $1 == --* ]]; do echo "$1" >>"$STEPS/srun"; shift; done
    "$@" &
    trap 'kill -TERM $!' TERM
    wait $! || true
    wait
"""
RAY = """
    if [ "$1" = health-check ]; then [ -e "$STEPS/head" ]; exit; fi
    [[ "$*" == *--head* ]] && node=head || node=worker
    env >"$STEPS/$node.environment"
    trap 'echo ended >"$STEPS/$node.end"; exit' TERM
    echo "$*" >"$STEPS/$node"
    until [ $node = worker ] && [ -e "$STEPS/break" ]; do sleep 0.1; done
    echo lost >"$STEPS/$node.end"
    exit 1
"""
# Hands back as `tuner serve` does: it takes a moment, and its exit code is that of the signal.
SERVICE = """
    env >"$STEPS/service.environment"
    trap 'sleep 1; echo handed back >"$STEPS/service.end"; exit 143' TERM
    echo "$*" >"$STEPS/service"
    while [ ! -e "$STEPS/end" ]; do sleep 0.1; done
    exit 3
"""


@dataclass
class Allocation:
    """A job that runs, and what its steps have noted.

    Attributes:
        steps: a file for each thing that a stand-in was asked, or has seen.
        runs: TUNER_RUNS.
    """

    process: subprocess.Popen[bytes]
    steps: Path
    runs: Path

    @classmethod
    def start(cls, folder: Path, **stand_ins: str) -> Allocation:
        """Start the job script where these programs, each a body of bash, come before all others."""
        programs, steps, runs = folder / "programs", folder / "steps", folder / "runs"
        programs.mkdir()
        steps.mkdir()
        for name, body in stand_ins.items():
            (programs / name).write_text("#!/bin/bash\n" + dedent(body))
            (programs / name).chmod(0o755)
        environment = {
            "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "HOME": str(folder),
            "STEPS": str(steps),
            "SLURM_JOB_ID": str(JOB),
            "SLURM_JOB_NODELIST": "node-[1-2]",
            "SLURM_JOB_NUM_NODES": "2",
            "SLURM_CPUS_PER_TASK": "1",
            "TUNER_STORAGE": "postgresql://tuner@127.0.0.1/tuner",
            "TUNER_STORAGE_PASSWORD": "a password",
            "TUNER_RUNS": str(runs),
        }
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["bash", SCRIPT, "--studies", "2"],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return cls(process, steps, runs)

    def noted(self, name: str) -> bool:
        """Whether a stand-in has noted this."""
        return (self.steps / name).exists()

    def read(self, name: str) -> str:
        """What it has noted."""
        return (self.steps / name).read_text()

    @property
    def token(self) -> Path:
        """The file of the token that Ray's nodes and the service share."""
        return self.runs / f".ray-token-{JOB}"

    def ask_to_end(self) -> None:
        """Send the script alone what `--signal=B:TERM` does."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End all that is left of the job."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()
