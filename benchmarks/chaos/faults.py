"""What can fail around a study, and when."""

from __future__ import annotations

from dataclasses import dataclass
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM, Signals

SIGNALS: dict[str, tuple[Signals, ...]] = {
    "driver SIGKILL": (SIGKILL,),
    "driver SIGTERM": (SIGTERM,),
    "driver SIGINT": (SIGINT,),
    "driver SIGHUP": (SIGHUP,),
    "driver SIGTERM twice": (SIGTERM, SIGTERM),
    "driver SIGINT twice": (SIGINT, SIGINT),
}
"""What the driver is sent, by the fault's name."""

DAMAGES = ("checkpoint truncated", "checkpoint bit flipped")
"""The driver is killed, and what it would go on from is damaged before the next launch."""

DATABASE = (
    "database restarted",
    "database stopped for seconds",
    "database crashed",
    "connections terminated",
)
READ_ONLY = "database read-only for seconds"
SECOND_DRIVER = "second driver"
WORKER = "worker SIGKILL"

ENDS_THE_DRIVER = frozenset((*SIGNALS, *DAMAGES))


@dataclass(frozen=True)
class Fault:
    """One fault, and its moment.

    Attributes:
        kind: one of the names above.
        after_reports: how many reports the store has seen since the fault before it, or since the launch
            started; 0 is in start-up.
        fraction: which part of start-up has passed, or how much of an epoch passes after that report; also
            where a damaged file is damaged.
        seconds: how long it lasts, if it lasts.
    """

    kind: str
    after_reports: int
    fraction: float
    seconds: float
