"""How much each parameter matters to each objective."""

from __future__ import annotations

from tuner.results.report.figures.figure import Figure, label
from tuner.results.report.figures.palette import NEUTRAL
from tuner.results.report.reported_study import ReportedStudy

MOST = 15


def importance(study: ReportedStudy) -> list[Figure]:
    """Return a figure an objective, the most important parameter on top."""
    figures = []
    for index, (objective, shares) in enumerate(zip(study.objectives, study.importances, strict=True)):
        largest = list(shares.items())[:MOST]
        if not largest:
            continue
        bars = {
            **{"type": "bar", "orientation": "h", "marker": {"color": NEUTRAL}, "showlegend": False},
            **{"x": [share for _, share in largest], "y": [label(name) for name, _ in largest]},
            **{"hovertemplate": "%{y}: %{x:.3f}<extra></extra>", "name": "share"},
        }
        layout = {
            "xaxis": {
                "title": {"text": "importance (share of 1)"},
                "rangemode": "tozero",
                "automargin": True,
            },
            "yaxis": {"autorange": "reversed", "type": "category", "automargin": True},
        }
        title = f"Importance for {objective.metric}"
        figures.append(Figure(f"importance-{index}", title, [bars], layout, height=150 + 26 * len(largest)))
    return figures
