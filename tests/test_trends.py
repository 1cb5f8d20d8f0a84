"""Every trend could be measured, and its table holds what its claims look at."""

from pathlib import Path

import pytest

from benchmarks.trends import TRENDS
from benchmarks.trends.runs import run
from benchmarks.trends.table import Result, Table
from benchmarks.trends.trend import Row, Trend
from trainers.config import TrainConfig


@pytest.fixture(params=list(TRENDS.values()), ids=list(TRENDS))
def trend(request: pytest.FixtureRequest) -> Trend:
    found: Trend = request.param
    return found


def test_its_trainings_yield_its_columns(trend: Trend) -> None:
    for row in trend.rows:
        config = TrainConfig.model_validate(row.config)
        missing = {*trend.columns} - {*config.metrics, "health"}
        # What is asked of samples, a metric loss alone has none of.
        assert all(each.endswith("_sample") and config.unsupervised is None for each in missing)


def test_rows_have_names_of_their_own(trend: Trend) -> None:
    assert len({row.name for row in trend.rows}) == len(trend.rows)


def test_what_it_claims_stands_in_its_table(trend: Trend) -> None:
    metrics = {metric: 0.5 for row in trend.rows for metric in TrainConfig.model_validate(row.config).metrics}
    table = Table({row.name: [Result(metrics, "healthy")] * 3 for row in trend.rows})
    claims = trend.claims(table)
    assert claims
    assert all(claim.text for claim in claims)
    assert len(table.markdown(trend.columns).splitlines()) == len(trend.rows) + 2


def test_a_table_has_mean_and_spread_over_seeds() -> None:
    results = [Result({"ari": value}, verdict) for value, verdict in ((0.1, "healthy"), (0.3, "collapsed"))]
    table = Table({"a row": results})
    assert table.markdown(("ari", "health", "ami")).splitlines()[2] == (
        "| a row | 0.200 ± 0.141 | healthy 1/2, collapsed 1/2 | – |"
    )
    assert not table.has_verdict("a row", "collapsed")


@pytest.mark.parametrize("model", ["trained", "untrained", "raw_pixels"])
def test_a_row_is_measured(model: str) -> None:
    config = {
        "dataset": {"name": "digits"},
        "backbone": {"name": "mlp", "hidden": [8]},
        "loss": {"name": "triplet"},
        "batch": {"steps_per_epoch": 2},
        "epochs": 1,
    }
    result = run(Row("small", config, model), 0, Path("nowhere"))  # type: ignore[arg-type]
    assert 0 < result.metrics["recall_at_1"] <= 1
    assert result.health == ("healthy" if model == "trained" else "")
