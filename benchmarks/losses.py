"""Losses beside pytorch-metric-learning's: equal values and gradients, then the time and memory of a step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import truediv
from statistics import median
from typing import Annotated, Any

import torch
import typer
from torch import Tensor, nn
from torch.testing import assert_close

from benchmarks.alone import alone
from benchmarks.loss_peers import PEERS, Peer
from benchmarks.markdown import markdown
from trainers.losses import LossValue

HEAD = ("loss", "batch", "ours", "theirs", "theirs / ours", "peak memory, ours", "theirs")
RELATIVE, ABSOLUTE = 1e-7, 1e-9  # in float64; each tensor as a share of its largest entry
SPELL = 0.05  # seconds of calls between two looks at the clock
PATIENCE = 2.0  # seconds; where one call takes more than its share of them there are fewer rounds
MEMORY_FROM = 1024  # images; smaller batches hardly show beside the libraries

Step = Callable[[], list[Tensor]]


@dataclass(frozen=True)
class Case:
    """A batch of points around the centre of their class, as they are in the middle of a training."""

    images: int
    dimensions: int
    classes: int

    @property
    def triplets(self) -> float:
        alike = self.images / self.classes
        return self.images * (alike - 1) * (self.images - alike)

    def batch(self) -> tuple[Tensor, Tensor]:
        chance = torch.Generator().manual_seed(0)
        centres = torch.randn(self.classes, self.dimensions, generator=chance)
        labels = torch.arange(self.images) % self.classes
        return centres[labels] + 1.5 * torch.randn(self.images, self.dimensions, generator=chance), labels

    def __str__(self) -> str:
        return f"{self.images:,} x {self.dimensions}, {self.classes} classes"


CASES = (  # the classes of digits, and parts of the 100 that CUB-200 trains
    Case(80, 64, 10),
    Case(80, 128, 20),
    Case(512, 64, 10),
    Case(512, 128, 64),
    Case(1024, 64, 10),
    Case(1024, 128, 100),
)


def main(
    losses: Annotated[list[str] | None, typer.Argument(help="Some of the losses, or all.")] = None,
    rounds: Annotated[int, typer.Option(help="Spells of calls of each, in turn; slow ones have 3.")] = 5,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.")] = 1,
    memory: Annotated[bool, typer.Option(help="Whether peaks of memory are measured too.")] = True,
) -> None:
    """Compare losses, forward and backward, with pytorch-metric-learning's."""
    torch.set_num_threads(threads)
    for name in losses or ():
        if name not in PEERS:
            raise typer.BadParameter(f"{name!r} is none of them; allowed: {', '.join(PEERS)}")
    rows = [
        [name, str(case), *_cells(name, case, rounds, memory)] for name in losses or PEERS for case in CASES
    ]
    print(markdown(HEAD, rows))


def _cells(name: str, case: Case, rounds: int, memory: bool) -> Iterator[str]:
    peer = PEERS[name]
    contenders = (False, True) if case.triplets <= peer.most_triplets else (False,)
    if len(contenders) == 2:
        _check(*(_step(peer, case, theirs=theirs, dtype=torch.float64)() for theirs in contenders))
    ours, *theirs = _spells([_step(peer, case, theirs=theirs) for theirs in contenders], rounds)
    yield f"{1e3 * median(ours):.2f} ms"
    yield f"{1e3 * median(theirs[0]):.2f} ms" if theirs else "not run"
    yield f"{median(map(truediv, theirs[0], ours)):.1f}" if theirs else ""
    peaks = [_peak(name, case, each) for each in contenders] if memory and case.images >= MEMORY_FROM else []
    yield from [*peaks, "", ""][:2]


def _check(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        scale = other.abs().max()
        assert_close(one / scale, other / scale, rtol=RELATIVE, atol=ABSOLUTE)


def _step(peer: Peer, case: Case, *, theirs: bool, dtype: torch.dtype = torch.float32) -> Step:
    """Return a call that computes the loss, and its gradients by the points and by the loss's parameters."""
    torch.manual_seed(0)  # the same proxies every time
    points, labels = case.batch()
    points = points.to(dtype).requires_grad_()
    ours: nn.Module = peer.spec.build(class_count=case.classes, lsdim=case.dimensions).to(dtype)
    leaves = [points, *ours.parameters()]
    compute = peer.theirs(ours) if theirs else ours

    def step() -> list[Tensor]:
        value: Any = compute(points, labels)
        loss = value.loss if isinstance(value, LossValue) else value
        return [loss.detach(), *torch.autograd.grad(loss, leaves)]

    return step


def _spells(steps: Sequence[Step], rounds: int) -> list[tuple[float, ...]]:
    """Return the seconds of a call of each, in each round of spells in turn."""
    first = [min(_spell(step, 1) for _ in range(2)) for step in steps]
    counts = [max(1, round(SPELL / seconds)) for seconds in first]
    rounds = max(3, min(rounds, round(PATIENCE / max(first))))
    spells = [[_spell(step, count) for step, count in zip(steps, counts, strict=True)] for _ in range(rounds)]
    return list(zip(*spells, strict=True))


def _spell(step: Step, count: int) -> float:
    began = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - began) / count


def _peak(name: str, case: Case, theirs: bool) -> str:
    return f"{1e3 * alone(partial(_contender, name, case, theirs)).gigabytes:.0f} MB"


def _contender(name: str, case: Case, theirs: bool) -> Callable[[], float]:
    torch.set_num_threads(1)
    _step(PEERS[name], Case(20, case.dimensions, 5), theirs=theirs)()  # libraries are imported
    step = _step(PEERS[name], case, theirs=theirs)

    def call() -> float:
        return step()[0].item()

    return call
