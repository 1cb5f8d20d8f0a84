"""How each fault is brought about."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import SIGKILL, Signals

import psutil

from benchmarks.chaos.faults import DAMAGES, READ_ONLY, SECOND_DRIVER, SIGNALS, WORKER, Fault
from benchmarks.chaos.launch import CONFLICT, HUNG_AFTER_SECONDS, UNREACHABLE, Launch
from benchmarks.chaos.server import Server

_NEWEST_CHECKPOINT = """
SELECT c.value_json::jsonb #>> '{}', COALESCE(o.value_json::int, t.number)
FROM trials t JOIN studies s USING (study_id) JOIN trial_user_attributes c USING (trial_id)
LEFT JOIN trial_user_attributes o ON o.trial_id = t.trial_id AND o.key = 'retry_of'
WHERE s.study_name = %s AND c.key = 'checkpoint' AND t.state IN ('RUNNING', 'WAITING')
ORDER BY t.number DESC LIMIT 1
"""


@dataclass
class Scene:
    """A study that is being driven.

    Attributes:
        launch: its driver now.
        again: starts another driver of it.
        damaged: the numbers of the first attempts whose checkpoints were damaged.
    """

    study: str
    server: Server
    launch: Launch
    again: Callable[[], Launch]
    damaged: set[int] = field(default_factory=set)


def inject(fault: Fault, scene: Scene) -> bool:
    """Brings the fault about and returns when it is over; false if there was nothing to do it to."""
    return _INJECTIONS[fault.kind](fault, scene)


def _signals(numbers: tuple[Signals, ...], fault: Fault, scene: Scene) -> bool:
    launch = scene.launch
    if launch.exit_code is not None:
        return False
    workers = launch.workers()
    for position, number in enumerate(numbers):
        if position:
            time.sleep(fault.fraction)
        launch.send(number)
    launch.wait()
    psutil.wait_procs(workers, timeout=60)
    return True


def _damage(harm: Callable[[bytes, float], bytes], fault: Fault, scene: Scene) -> bool:
    _signals((SIGKILL,), fault, scene)
    rows = scene.server.execute(_NEWEST_CHECKPOINT, [scene.study], "tuner")
    path = Path(rows[0][0]) if rows else None
    if path is None or not path.is_file():
        return False
    path.write_bytes(harm(path.read_bytes(), fault.fraction))
    scene.damaged.add(int(rows[0][1]))
    return True


def _truncated(data: bytes, fraction: float) -> bytes:
    return data[: int(fraction * len(data))]


def _bit_flipped(data: bytes, fraction: float) -> bytes:
    bit = int(fraction * 8 * len(data))
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def _restart(_fault: Fault, scene: Scene) -> bool:
    scene.server.stop()
    return _started(scene)


def _outage(fault: Fault, scene: Scene) -> bool:
    scene.server.stop()
    time.sleep(fault.seconds)
    return _started(scene)


def _crash(_fault: Fault, scene: Scene) -> bool:
    scene.server.crash()
    return _started(scene)


def _started(scene: Scene) -> bool:
    scene.server.start()
    scene.launch.expected.add(UNREACHABLE)
    return True


def _terminate_connections(_fault: Fault, scene: Scene) -> bool:
    scene.server.terminate_connections()
    scene.launch.expected.add(UNREACHABLE)
    return True


def _read_only(fault: Fault, scene: Scene) -> bool:
    scene.server.set_read_only(True)
    time.sleep(fault.seconds)
    scene.server.set_read_only(False)
    scene.launch.expected.add(UNREACHABLE)
    return True


def _second_driver(_fault: Fault, scene: Scene) -> bool:
    """Starts another driver; whichever is refused ends, and the other goes on."""
    first, second = scene.launch, scene.again()
    first.expected.add(CONFLICT)
    second.expected |= {CONFLICT, UNREACHABLE}
    while first.exit_code is None and second.exit_code is None:
        time.sleep(0.1)
        if second.age_seconds > HUNG_AFTER_SECONDS:
            second.give_up()
    if second.exit_code is None:
        scene.launch = second
    return True


def _kill_worker(_fault: Fault, scene: Scene) -> bool:
    workers = scene.launch.workers()
    if not workers:
        return False
    chosen = min(workers, key=lambda worker: worker.pid)
    chosen.kill()
    psutil.wait_procs([chosen], timeout=60)
    return True


_INJECTIONS: dict[str, Callable[[Fault, Scene], bool]] = {
    **{kind: partial(_signals, numbers) for kind, numbers in SIGNALS.items()},
    **dict(zip(DAMAGES, (partial(_damage, _truncated), partial(_damage, _bit_flipped)), strict=True)),
    "database restarted": _restart,
    "database stopped for seconds": _outage,
    "database crashed": _crash,
    "connections terminated": _terminate_connections,
    READ_ONLY: _read_only,
    SECOND_DRIVER: _second_driver,
    WORKER: _kill_worker,
}
