"""What was injected, and what it broke, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.chaos.drill import Drilled


def table(drilled: Sequence[Drilled]) -> str:
    """Markdown: a row a kind of fault, with how many were injected and the violations of studies that met it.

    A violation is counted with every kind of fault that its study met, and once in the row of all.
    """
    injected: Counter[str] = Counter()
    violations: Counter[str] = Counter()
    for each in drilled:
        injected += each.injected
        for kind in each.injected:
            violations[kind] += len(each.violations)
    rows = [f"| {kind} | {injected[kind]} | {violations[kind]} |" for kind in sorted(injected)]
    total = sum(len(each.violations) for each in drilled)
    launches = sum(each.launches for each in drilled)
    compared = sum(each.compared for each in drilled)
    rows.append(
        f"| all: {len(drilled)} studies, {launches} launches, {compared} resumed trainings | "
        f"{injected.total()} | {total} |"
    )
    return "\n".join(["| fault | injected | violations |", "| --- | --- | --- |", *rows])
