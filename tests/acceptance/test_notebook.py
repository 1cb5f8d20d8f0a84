"""The notebook of the documents does what it shows."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.acceptance
@pytest.mark.timeout(900)
def test_the_journey_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUNER_STORAGE", "TUNER_RUNS", "RAY_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    notebook = nbformat.read(DOCS / "journey.ipynb", as_version=4)
    where = {"metadata": {"path": str(DOCS)}}
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where).execute()
    *_, confirmed, embedded, neighbours = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert confirmed.outputs[-1].text.count("on test\n") == 2
    assert embedded.outputs[-1].data["text/plain"].startswith("torch.Size([1797, ")
    assert "image/png" in neighbours.outputs[-1].data
