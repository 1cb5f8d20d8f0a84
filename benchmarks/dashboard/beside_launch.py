"""What the visitors of a large study cost a launch of another study on the same database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.dashboard.served import OURS, serving
from benchmarks.dashboard.visitors import Visits, visit
from benchmarks.dashboard.waiting import filled
from benchmarks.scheduling import ours
from benchmarks.scheduling.contenders import scratch
from benchmarks.scheduling.occupancy import Occupancy

HEAD = ("store", "trials of the launch", "visitors", "trials/s", "busy", "median gap", "median poll")


def _of_all_devices(occupancy: Occupancy) -> tuple[float, float]:
    """Return from when to when all devices trained: workers start one after another, whoever visits."""
    began = max(spans[0][0] for spans in occupancy.spans.values())
    return began, min(spans[-1][1] for spans in occupancy.spans.values())


def row(kind: str, trials: int, seconds: float, visitors: int, watched: int) -> list[str]:
    """Run a launch of sleeping trials while so many visitors look at a study of `watched` trials."""
    with filled(kind, watched) as storage, scratch() as (folder, spans), ExitStack() as stack:
        visits: Visits | None = None
        if visitors:
            served = stack.enter_context(serving(OURS, storage))
            visit(served, visitors, watched, 0)
            pool = stack.enter_context(ThreadPoolExecutor(1))
            # From before the first trial to the last.
            looking = pool.submit(visit, served, visitors, watched, 20 + trials * seconds / ours.DEVICES)
        with ours.launched(ours.ROOT, storage, ours.study(trials, seconds, spans), folder) as process:
            ours.wait(process, folder)
        occupancy = Occupancy.read(spans)
        if visitors:
            visits = looking.result()
        busy = occupancy.busy(ours.DEVICES, _of_all_devices(occupancy))
        cells = [kind, f"{trials:,} of {seconds:g} s", str(visitors), f"{busy * ours.DEVICES / seconds:.2f}"]
        cells += [f"{busy:.1%}", f"{1000 * occupancy.median_gap:.0f} ms"]
        return [*cells, f"{visits.poll:.2f} s" if visits and visits.polls else ""]
