"""What the page of the queue shows, as HTML: everything stored is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from formats.messages import counted
from tuner.results.front import SIGNS
from tuner.results.queue.seen import service_lines
from tuner.results.queue.standing import RUNNING, Queue, Standing
from tuner.results.queue_page.forms import Forms
from tuner.results.report.section import escaped
from tuner.results.report.served import report_path
from tuner.settings import Settings
from tuner.store.queue.trials_now import FailedTrial, RunningTrial
from tuner.terminal_text import NOTHING, one_line

REFRESH_SECONDS = 5

_OWN_STYLE = """
td, th { text-align: left; }
form { display: inline-flex; gap: 0.25rem; margin: 0 0.25rem 0.25rem 0; }
input[type=number] { width: 5rem; }
button, input { font: inherit; padding: 0.25rem 0.5rem; min-height: 2.25rem; }
.running { font-weight: 600; }
"""


@dataclass(frozen=True)
class Shown:
    """What was read for the page.

    Attributes:
        queue: what runs, waits, and has ended lately.
        running: the trials that run.
        failures: the last trials that failed.
    """

    queue: Queue
    running: Sequence[RunningTrial]
    failures: Sequence[FailedTrial]


def policy() -> str:
    """Return the page's Content-Security-Policy: its own style and forms, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def page(shown: Shown, settings: Settings, forms: Forms | None, *, paused: bool) -> bytes:
    """Return the page.

    Args:
        shown: what was read.
        settings: name the store in commands.
        forms: change studies; None on a page that only shows.
        paused: whether the browser is not to ask for it again by itself.
    """
    refresh = "" if paused else f"<meta http-equiv=refresh content={REFRESH_SECONDS}>"
    link = (
        '<a href="/queue">Refresh by itself</a>'
        if paused
        else '<a href="/queue?paused=1">Do not refresh by itself</a>'
    )
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    parts = [
        f"<!doctype html>\n<html lang=en><head><meta charset=utf-8>{refresh}",
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        f"<title>Queue</title><style>{_style()}</style></head><body><header><h1>Queue</h1>",
        f"<p>{escaped(service_lines(shown.queue, settings))}</p>",
        f'<p class=faint>{written}. {link}. <a href="/dashboard/">All studies</a></p></header><main>',
        _section("Studies", _studies(shown.queue, forms), "No study was submitted: tuner submit FILE."),
        _section("Devices", _devices(shown.running), "No trial runs."),
        _section("Last failures", _failures(shown.failures), "No trial failed."),
        "</main></body></html>\n",
    ]
    return "".join(parts).encode(errors="replace")


def _style() -> str:
    return files("tuner.results.report").joinpath("page.css").read_text(encoding="utf-8") + _OWN_STYLE


def _section(title: str, markup: str, nothing: str) -> str:
    return f"<section><h2>{title}</h2>{markup or f'<p>{nothing}</p>'}</section>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already; nothing without rows."""
    if not rows:
        return ""
    head = "".join(f"<th scope=col>{each}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=wide-table><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _studies(queue: Queue, forms: Forms | None) -> str:
    heads = ["study", "state", "trials", "best", "devices", "priority", "submitted", "why"]
    rows = [[*_study(each), *([forms.of(each)] if forms else [])] for each in queue.standings]
    return _table([*heads, *(["change"] if forms else [])], rows)


def _study(each: Standing) -> list[str]:
    row, overview = each.row, each.overview
    summary = overview.summary
    budget = "unreadable" if overview.budget is None else overview.budget
    running = f", {summary.states['RUNNING']} running" if summary.states.get("RUNNING") else ""
    best, directions = summary.best(), {each.metric: SIGNS[each.direction] for each in summary.objectives}
    values = [f"{metric} {directions[metric]} {value:.4g}" for metric, value in best.items()]
    front = [f"front of {counted(len(summary.front()), 'trial')}"] if best else []
    most = f", at most {row.max_devices}" if row.max_devices else ""
    report, page = escaped(report_path(row.name)), f"/dashboard/studies/{row.study_id}"
    return [
        f'{escaped(row.name)}<br><a href="{report}">report</a> <a href="{page}">dashboard</a>',
        f"<span class={RUNNING}>{RUNNING}</span>" if each.state == RUNNING else escaped(each.state),
        escaped(f"{overview.used}/{budget}{running}"),
        escaped(", ".join([*values, *front])),
        escaped(each.devices or ""),
        escaped(f"{row.priority}{most}"),
        escaped(f"{one_line(row.submitted_by)}, {row.submitted_at:%Y-%m-%d %H:%M}"),
        escaped(one_line(each.why) if each.why else ""),
    ]


def _devices(trials: Sequence[RunningTrial]) -> str:
    rows = [
        [
            escaped(trial.node),
            escaped(trial.device),
            escaped(trial.study),
            escaped(trial.number),
            escaped(_since(trial)),
        ]
        for trial in trials
    ]
    return _table(["node", "device", "study", "trial", "since"], rows)


def _since(trial: RunningTrial) -> str:
    if not trial.is_driven:
        return "its driver is gone"
    return f"{trial.since:%Y-%m-%d %H:%M:%S}" if trial.since else "waits for a device"


def _failures(trials: Sequence[FailedTrial]) -> str:
    rows = [
        [
            escaped(trial.study),
            escaped(trial.number),
            escaped(f"{trial.ended:%Y-%m-%d %H:%M}" if trial.ended else ""),
            escaped(one_line(trial.reason) if trial.reason else NOTHING),
        ]
        for trial in trials
    ]
    return _table(["study", "trial", "ended", "why"], rows)
