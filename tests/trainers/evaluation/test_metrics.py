"""The names of metrics, and that the glossary has a row for each."""

import re
from collections.abc import Iterator
from pathlib import Path

from trainers.evaluation.metrics import METRICS, OPTIONAL, PROBE_MEASURES, SAMPLE_METRICS

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"
BETTER = {"maximize": "higher", "minimize": "lower"}


def rows() -> Iterator[tuple[str, str]]:
    """Yield every metric of the glossary's table, and which way is better."""
    table = GLOSSARY.read_text().partition("## Metrics")[2].partition("\n## ")[0]
    for line in table.splitlines():
        if line.startswith("| "):
            cells = line.strip("| ").split(" | ")
            names = cells[0].partition(", such as")[0]
            yield from ((name, cells[-1]) for name in re.findall(r"`(\w+)`", names) if name != "_sample")


def test_the_glossary_has_one_row_for_every_metric_with_its_direction() -> None:
    probes = {f"PROBE_{measure}_REFERENCE": "higher" for measure in PROBE_MEASURES}
    named = {
        name: BETTER[direction]
        for name, direction in METRICS.items()
        if name not in OPTIONAL or name in SAMPLE_METRICS
    }
    assert sorted(rows()) == sorted((named | probes).items())
