"""`python -m tests [PYTEST ARGUMENTS]`: everything a change must pass, in one command."""

import subprocess
import sys

CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    # Much of a test is waiting. A file's tests share what they start; the folders with long ones come first.
    ["pytest", "--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder", *sys.argv[1:]],
]

for check in CHECKS:
    print("==", *check, flush=True)
    code = subprocess.run([sys.executable, "-m", *check], check=False).returncode
    if code:
        sys.exit(code)
