"""`python -m tests [PYTEST ARGUMENTS]`: everything a change must pass, in one command."""

import subprocess
import sys

CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["pytest", "--numprocesses=2", "--dist=loadfile", *sys.argv[1:]],  # much of a test is waiting
]

for check in CHECKS:
    print("==", *check, flush=True)
    code = subprocess.run([sys.executable, "-m", *check], check=False).returncode
    if code:
        sys.exit(code)
