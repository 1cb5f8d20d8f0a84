"""The board for Grafana asks for metrics that the service has, and for all of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.acceptance.compose_file import ROOT
from tuner.run.service.metrics import ServiceMetrics
from tuner.run.service.service_numbers import ServiceNumbers

BOARD = json.loads((ROOT / "docker" / "grafana" / "tuner.json").read_text())
PANELS = BOARD["panels"]


def exported() -> tuple[dict[str, set[str]], set[str]]:
    """What `tuner serve` exports at first: metrics and their states, and which are histograms."""
    metrics = ServiceMetrics()
    metrics.show(ServiceNumbers())
    families = list(metrics.registry.collect())
    states = {each.name: {sample.labels.get("state", "") for sample in each.samples} for each in families}
    return states, {each.name for each in families if each.type == "histogram"}


METRICS, HISTOGRAMS = exported()
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
VARIABLES = {f"${each['name']}" for each in BOARD["templating"]["list"]} | {"$__rate_interval"}


def metrics_of(query: str) -> set[str]:
    """The metrics that a query of Prometheus names; a histogram's buckets are the histogram."""
    names = re.findall(r"\btuner_\w+", query)
    return {name.removesuffix("_bucket") if name not in METRICS else name for name in names}


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_names_metrics_that_there_are(query: str) -> None:
    assert metrics_of(query)
    assert metrics_of(query) <= set(METRICS)
    for name in re.findall(r"\b(tuner_\w+)_bucket\b", query):
        assert name in HISTOGRAMS
    assert set(re.findall(r"\$\w+", query)) <= VARIABLES


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_names_states_that_there_are(query: str) -> None:
    for name, states in re.findall(r'(tuner_\w+)\{[^}]*state=~?"([^"]+)"', query):
        assert set(states.split("|")) <= METRICS[name]


def test_every_metric_is_shown() -> None:
    assert set().union(*map(metrics_of, QUERIES)) == set(METRICS)


def test_the_manual_names_metrics_that_there_are() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text()
    section = manual.partition("## Watching it\n")[2].partition("\n## ")[0]
    assert metrics_of(section)
    assert metrics_of(section) <= set(METRICS)


def test_brackets_are_closed() -> None:
    for query in QUERIES:
        for opening, closing in ("()", "{}", "[]"):
            assert query.count(opening) == query.count(closing), query


def test_panels_do_not_overlap_and_ask_the_chosen_prometheus() -> None:
    cells: set[tuple[int, int]] = set()
    for panel in PANELS:
        place: dict[str, Any] = panel["gridPos"]
        covered = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not covered & cells, panel["title"]
        assert place["x"] + place["w"] <= 24
        cells |= covered
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["description"]
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
