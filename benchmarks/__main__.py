"""`python -m benchmarks WHAT`: this project beside its peers, or at a size; prints Markdown tables."""

from __future__ import annotations

import typer

from benchmarks import evaluation, losses, training
from benchmarks.dashboard import main as dashboard
from benchmarks.scale import command as scale

app = typer.Typer(
    help="Equal results are checked first; then come times, ratios and memory.", no_args_is_help=True
)
app.callback()(lambda: None)  # a program of one command alone would not take its name
app.command("evaluation")(evaluation.main)
app.command("losses")(losses.main)
app.command("training")(training.main)
app.command("scale")(scale.main)
app.command("dashboard")(dashboard.main)

if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
