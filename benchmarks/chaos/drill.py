"""One study, driven to its budget through its faults, and then audited."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.audit import audit
from benchmarks.chaos.faults import ENDS_THE_DRIVER, Fault
from benchmarks.chaos.injection import Scene, inject
from benchmarks.chaos.launch import HUNG_AFTER_SECONDS, Launch
from benchmarks.chaos.leaks import leaks
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.server import Server
from benchmarks.chaos.undisturbed import differences
from benchmarks.chaos.violation import Violation

_MOST_LAUNCHES_WITHOUT_A_FAULT = 10
_EPOCH_SECONDS, _STARTUP_SECONDS, _LOOK_SECONDS = 0.3, 10.0, 0.1
_REPORTS = """
SELECT count(*) FROM tuner_reports JOIN trials USING (trial_id) JOIN studies USING (study_id)
WHERE study_name = %s
"""


@dataclass(frozen=True)
class Drilled:
    """What a study went through, and what was found wrong with it at the end.

    Attributes:
        injected: how many of each kind of fault, those in start-up apart.
        launches: how many drivers it took.
        compared: how many resumed trainings were trained once more, undisturbed.
    """

    study: str
    injected: Counter[str]
    launches: int
    compared: int
    violations: list[Violation]


class Drill:
    """Drives a plan's study: launches it again and again until a launch has met its budget."""

    def __init__(self, plan: Plan, server: Server, folder: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._server = server
        self._folder = folder
        self._say = say
        self._launches: list[Launch] = []
        self._undisturbed = 0
        self._injected: Counter[str] = Counter()
        self._startup_seconds = _STARTUP_SECONDS
        self._reports_before_launch = 0
        self._last_look: tuple[Launch, int] | None = None
        self._changed = 0.0
        self._stuck: list[Violation] = []

    def run(self, over: Callable[[int], bool]) -> Drilled:
        """Injects fault after fault until it is over, told how many there were, or the budget is met."""
        scene = Scene(self._plan.study, self._server, self._launch(), self._launch)
        try:
            for fault in self._plan.faults():
                if over(self._injected.total()) or not self._reach(fault, scene):
                    break
                self._inject(fault, scene)
            while self._driven(scene):
                self._look(scene)
        finally:
            for launch in self._launches:
                launch.kill()
        return self._audited(scene)

    def _launch(self) -> Launch:
        self._reports_before_launch = self._reports()
        launch = Launch(self._plan, self._server.url, self._folder, len(self._launches))
        self._launches.append(launch)
        return launch

    def _driven(self, scene: Scene) -> bool:
        """Whether the study still needs a driver; it is given one where it has none."""
        if scene.launch.exit_code is None:
            return True
        self._undisturbed += 1
        if scene.launch.exit_code == 0:
            return False
        if self._undisturbed > _MOST_LAUNCHES_WITHOUT_A_FAULT:
            self._stuck.append(Violation("end", f"{self._undisturbed} launches, and the budget is not met"))
            return False
        scene.launch = self._launch()
        return True

    def _reach(self, fault: Fault, scene: Scene) -> bool:
        """Waits for the fault's moment; false if the budget is met before."""
        before = self._reports()
        while self._driven(scene):
            seen = self._look(scene)
            if seen == self._reports_before_launch:
                self._startup_seconds = max(self._startup_seconds, scene.launch.age_seconds)
            if fault.after_reports == 0:
                early = scene.launch.age_seconds < fault.fraction * self._startup_seconds
                if seen > before or not early:
                    return True
            elif seen - before >= fault.after_reports:
                time.sleep(fault.fraction * _EPOCH_SECONDS)
                return True
        return False

    def _look(self, scene: Scene) -> int:
        """How many reports the store has, after a moment; a driver that brings none for minutes hangs."""
        time.sleep(_LOOK_SECONDS)
        reports = self._reports()
        if (scene.launch, reports) != self._last_look:
            self._last_look, self._changed = (scene.launch, reports), time.monotonic()
        elif time.monotonic() - self._changed > HUNG_AFTER_SECONDS:
            scene.launch.give_up()
        return reports

    def _inject(self, fault: Fault, scene: Scene) -> None:
        launch = scene.launch
        phase = "" if fault.after_reports else " in start-up"
        line = f"{self._plan.study} launch {len(self._launches)}: {fault.kind}{phase}"
        injected = inject(fault, scene)
        code = launch.exit_code
        now = "goes on" if code is None else f"ended with {code}"
        self._say(f"{line}{'' if injected else ' found nothing to harm'}; the driver {now}")
        if injected:
            self._injected[fault.kind + phase] += 1
        if injected or fault.kind in ENDS_THE_DRIVER:
            self._undisturbed = 0

    def _reports(self) -> int:
        made = self._server.execute("SELECT to_regclass('tuner_reports') IS NOT NULL", (), "tuner")
        if not made[0][0]:
            return 0
        return int(self._server.execute(_REPORTS, [self._plan.study], "tuner")[0][0])

    def _audited(self, scene: Scene) -> Drilled:
        connection = self._server.connect("tuner")
        try:
            violations = [*self._stuck, *audit(connection, self._plan.study, scene.damaged)]
            compared, different = differences(connection, self._plan.study)
        finally:
            connection.close()
        violations += different
        violations += [each for launch in self._launches for each in launch.violations()]
        violations += leaks(self._folder, self._server.password)
        return Drilled(self._plan.study, self._injected, len(self._launches), compared, violations)
