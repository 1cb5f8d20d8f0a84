"""What the script of the pictures makes of a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.pictures import terminal_picture


@pytest.mark.acceptance
def test_a_terminal_is_drawn_without_web_fonts(tmp_path: Path) -> None:
    shown = terminal_picture(["--version"], tmp_path, is_wanted=lambda text: "metric-tuner" in text)
    assert shown.startswith("<svg ")
    assert "metric-tuner" in shown
    assert "font-face" not in shown
