"""The learning curves: every number of the history is there, in one panel of all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.evaluation import METRICS
from trainers.figures.learning_curves import CONSTANT, learning_curves
from trainers.figures.panels import PANELS, REST, Panel, arrange
from trainers.training.trainer import Evaluation


def drawn(figure: Any) -> dict[str, tuple[list[int], list[float]]]:
    return {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}


def test_a_curve_has_a_point_an_epoch(trained: Any) -> None:
    trainer = trained()
    curves = drawn(learning_curves(trainer.history, trainer.best, "map_at_r", "digits"))
    assert curves.pop("best epoch") == ([trainer.best.epoch], [trainer.best.metrics["map_at_r"]])
    for name in trainer.config.metrics:
        values = [evaluation.metrics[name] for evaluation in trainer.history]
        if any(values) and name not in CONSTANT:
            assert curves.pop(name) == ([1, 2, 3], values)
    assert not curves


def test_what_is_0_in_every_epoch_is_named_instead() -> None:
    history = [Evaluation(epoch, {"ari": 0.5, "loss": 0.0, "ami": 2.0 - epoch}) for epoch in (1, 2)]
    figure = learning_curves(history, history[0], "ari", "digits")
    assert set(drawn(figure)) == {"ari", "ami", "best epoch"}
    assert "0 in every epoch: loss" in figure.layout.title.text
    some = learning_curves(history[:1], history[0], "ari", "digits")
    assert "in every epoch: loss" in some.layout.title.text
    assert "ami" not in some.layout.title.text


def test_a_metric_that_came_later_begins_later() -> None:
    history = [Evaluation(1, {"ari": 0.5}), Evaluation(2, {"ari": 0.6, "effective_rank": 3.0})]
    curves = drawn(learning_curves(history, history[1], "ari", "digits"))
    assert curves["effective_rank"] == ([2], [3.0])


def test_the_best_epoch_is_marked_in_every_panel(trained: Any) -> None:
    trainer = trained()
    figure = learning_curves(trainer.history, trainer.best, "map_at_r", "digits")
    panels = {trace.xaxis for trace in figure.data}
    lines = {(shape.xref, shape.x0, shape.x1) for shape in figure.layout.shapes}
    assert lines == {(panel, trainer.best.epoch, trainer.best.epoch) for panel in panels}


@pytest.mark.parametrize(
    ("losses", "kind"), [((1.0, 1e-3), "log"), ((1.0, 0.5), None), ((1.0, -1e-3), None), ((1.0, 0.0), None)]
)
def test_only_positive_values_of_three_decades_get_a_logarithmic_axis(
    losses: tuple[float, float], kind: str | None
) -> None:
    history = [Evaluation(epoch, {"loss": loss}) for epoch, loss in enumerate(losses, 1)]
    assert learning_curves(history, history[0], "loss", "digits").layout.yaxis.type == kind


KNOWN = [name for panel in PANELS for name in panel.metrics]


@given(st.lists(st.sampled_from([*METRICS, *KNOWN, "knn_accuracy_train", "unheard_of"]), unique=True))
def test_every_metric_is_in_exactly_one_panel(metrics: list[str]) -> None:
    panels = arrange(metrics)
    assert sorted(name for panel in panels for name in panel.metrics) == sorted(metrics)
    assert all(panel.metrics for panel in panels)
    rest = [name for panel in panels if panel.title == REST for name in panel.metrics]
    assert all(not panel.holds(name) for name in rest for panel in PANELS)


def test_no_panel_waits_for_a_metric_that_there_is_not() -> None:
    unused = [
        name
        for panel in PANELS
        for name in panel.metrics
        if not any(map(Panel("", "", (name,)).holds, METRICS))
    ]
    assert not unused


def test_a_metric_nobody_thought_of_is_drawn_last() -> None:
    assert [panel.title for panel in arrange(["unheard_of", "loss", "tie_share"])] == ["Loss", REST]
    assert arrange(["unheard_of", "tie_share"])[-1].metrics == ("unheard_of", "tie_share")
