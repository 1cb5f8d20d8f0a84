"""docs/reliability.md names only tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
NAMED = re.findall(
    r"`(test_\w+\.py)(?:::(test_\w+))?`", (TESTS.parent / "docs" / "reliability.md").read_text()
)


def test_every_named_test_is_there() -> None:
    assert NAMED
    missing = [
        f"{file}::{name}"
        for file, name in NAMED
        if not any(f"def {name}(" in found.read_text() or not name for found in TESTS.rglob(file))
    ]
    assert not missing
