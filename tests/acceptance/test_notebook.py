"""The notebook of the documents does what it shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.acceptance.command_line import environment

DOCS = Path(__file__).parents[2] / "docs"
# A process of its own, because a kernel's client leaves threads and sockets behind.
EXECUTE = """
import sys
import nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""


@pytest.mark.acceptance
@pytest.mark.timeout(900)
def test_the_journey_is_made(tmp_path: Path) -> None:
    written = tmp_path / "journey.ipynb"
    program = [sys.executable, "-c", EXECUTE, str(DOCS / "journey.ipynb"), str(written)]
    ended = subprocess.run(program, cwd=DOCS, env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    notebook = nbformat.read(written, as_version=4)
    *_, confirmed, embedded, neighbours = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert confirmed.outputs[-1].text.count("on test\n") == 2
    assert embedded.outputs[-1].data["text/plain"].startswith("torch.Size([1797, ")
    assert "image/png" in neighbours.outputs[-1].data
