"""The metrics of every epoch against the epoch."""

from collections.abc import Sequence
from math import ceil

from plotly import graph_objects as go
from plotly.subplots import make_subplots

from trainers.figures.palette import COLOURS, TEMPLATE, heading
from trainers.figures.panels import Panel, arrange
from trainers.training.trainer import Evaluation

COLUMNS = 2
PANEL_PX = 200
BETWEEN_PX = 100  # an axis title, the ticks and the next panel's title
TOP_PX, BOTTOM_PX = 110, 60
FEW_EPOCHS = 12  # so many fit on an axis, each with its number
WIDE = 1_000  # from such a ratio of the largest value to the smallest an axis is logarithmic
# Part of the config, and so the same in every epoch.
CONSTANT = ("labelled_samples", "lsdim")


def learning_curves(
    history: Sequence[Evaluation], best: Evaluation, monitored: str, subject: str
) -> go.Figure:
    """Return a panel for each group of metrics, a curve for each metric, a dashed line at the best epoch.

    A metric that is 0 in every epoch has no curve, and is named in the subtitle. An axis is logarithmic where
    its values are positive and span three decades.

    Args:
        history: at least one epoch.
        best: one of them.
        monitored: the metric in which it is the best; a star marks it.
        subject: what was trained, for the title.
    """
    curves = _curves(history)
    drawn = [name for name, curve in curves.items() if name not in CONSTANT and any(curve.values())]
    panels = arrange(drawn)
    figure = _grid(panels)
    figure.update_xaxes(title="epoch", tickformat="d", dtick=1 if len(history) <= FEW_EPOCHS else None)
    for number, panel in enumerate(panels):
        place = {"row": number // COLUMNS + 1, "col": number % COLUMNS + 1}
        for colour, metric in zip(COLOURS * len(panel.metrics), panel.metrics, strict=False):
            figure.add_trace(_line(metric, curves[metric], colour, number), **place)
        if monitored in panel.metrics:
            figure.add_trace(_star(best, monitored, number), **place)
        if _spans_decades([value for metric in panel.metrics for value in curves[metric].values()]):
            figure.update_yaxes(type="log", dtick=1, exponentformat="power", **place)
        figure.add_vline(x=best.epoch, line={"dash": "dash", "width": 1, "color": "grey"}, **place)
    zeros = ", ".join(name for name in curves if name not in (*CONSTANT, *drawn))
    note = f"dashed: epoch {best.epoch}, the best in {monitored}"
    figure.update_layout(
        title=heading(f"Learning curves: {subject}", f"{note}; 0 in every epoch: {zeros}" if zeros else note)
    )
    return figure


def _curves(history: Sequence[Evaluation]) -> dict[str, dict[int, float]]:
    """Return every metric's values by epoch."""
    names = dict.fromkeys(name for evaluation in history for name in evaluation.metrics)
    return {name: {e.epoch: e.metrics[name] for e in history if name in e.metrics} for name in names}


def _spans_decades(values: Sequence[float]) -> bool:
    return 0 < WIDE * min(values) <= max(values)


def _grid(panels: Sequence[Panel]) -> go.Figure:
    rows = ceil(len(panels) / COLUMNS)
    inner_px = rows * (PANEL_PX + BETWEEN_PX) - BETWEEN_PX
    figure = make_subplots(
        rows=rows,
        cols=COLUMNS,
        subplot_titles=[panel.title for panel in panels],
        horizontal_spacing=0.26,
        vertical_spacing=BETWEEN_PX / inner_px,
    )
    margin = {"t": TOP_PX, "b": BOTTOM_PX, "l": 70, "r": 210}
    figure.update_layout(template=TEMPLATE, height=inner_px + TOP_PX + BOTTOM_PX, margin=margin)
    for number, (panel, axis) in enumerate(zip(panels, figure.select_yaxes(), strict=False)):
        axis.title = panel.axis
        across = figure.layout[axis.anchor.replace("x", "xaxis")].domain
        legend = {"x": across[1] + 0.01, "y": axis.domain[1], "xanchor": "left", "yanchor": "top"}
        figure.update_layout({_legend(number): legend})
    return figure


def _line(metric: str, curve: dict[int, float], colour: str, panel: int) -> go.Scatter:
    return go.Scatter(
        x=list(curve),
        y=list(curve.values()),
        name=metric,
        mode="lines+markers",
        marker={"size": 4},
        line={"color": colour},
        legend=_legend(panel),
        hovertemplate="epoch %{x}: %{y:.4g}",
    )


def _star(best: Evaluation, monitored: str, panel: int) -> go.Scatter:
    return go.Scatter(
        x=[best.epoch],
        y=[best.metrics[monitored]],
        name="best epoch",
        mode="markers",
        marker={"symbol": "star", "size": 12, "color": "black"},
        legend=_legend(panel),
        hovertemplate="epoch %{x}: %{y:.4g}",
    )


def _legend(panel: int) -> str:
    return f"legend{panel + 1}" if panel else "legend"
