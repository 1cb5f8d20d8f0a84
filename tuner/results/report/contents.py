"""The sections of a report on one study, in their order."""

from __future__ import annotations

from collections import Counter

from formats.messages import counted
from tuner.results.confirmed import found, unfinished_lines
from tuner.results.front import SIGNS, infeasible_line
from tuner.results.report.figures.confirmed import confirmed
from tuner.results.report.figures.device_timeline import by_device, device_timeline, gaps
from tuner.results.report.figures.failures import failures
from tuner.results.report.figures.front import front
from tuner.results.report.figures.hypervolume import NOTE, hypervolume
from tuner.results.report.figures.importance import importance
from tuner.results.report.figures.learning_curves import learning_curves
from tuner.results.report.figures.objectives import objectives
from tuner.results.report.figures.palette import Outcome
from tuner.results.report.figures.parallel_coordinates import parallel_coordinates
from tuner.results.report.figures.slices import margin_against_ratio, slices
from tuner.results.report.pictures import pictures
from tuner.results.report.reported_study import ReportedStudy
from tuner.results.report.reproduction import reproduction
from tuner.results.report.section import Section, drawn, paragraph, table
from tuner.results.rows import front_row

IMPORTANCE = (
    "How far a parameter's values in the best tenth of the completed trials differ from those in all of them "
    "(PED-ANOVA). Of a few dozen trials it is a hint, no more."
)


def sections_of(study: ReportedStudy) -> list[Section]:
    """Return all sections; one that has nothing to show says why."""
    over = [*objectives(study), *(volumes := hypervolume(study))]
    none = "No trial has completed yet."
    return [
        _front(study),
        drawn("progress", "Objectives and hypervolume", over, none, NOTE if volumes else ""),
        drawn("parallel", "Parallel coordinates", parallel_coordinates(study), none),
        drawn(
            "importance",
            "Parameter importance",
            importance(study),
            "It takes ten completed trials.",
            IMPORTANCE,
        ),
        drawn("slices", "Slices", slices(study), "No parameter of a completed trial varies."),
        drawn(
            *("margin-ratio", "Margin against ratio", margin_against_ratio(study)),
            "This study does not vary both a margin and a ratio.",
        ),
        drawn(
            *("curves", "Learning curves by outcome", learning_curves(study)),
            "No objective was reported that changes from epoch to epoch.",
        ),
        _devices(study),
        drawn(
            "failures",
            "Failures by reason",
            failures(study),
            "All trials that ended completed within all bounds.",
        ),
        pictures(study),
        _confirmed(study),
        Section("reproduce", "How to reproduce", markup=reproduction(study)),
    ]


def counts(study: ReportedStudy) -> dict[str, int]:
    """Return how many trials ended how, in the words of `tuner status`, and how many stand on the front."""
    counted = Counter(study.outcomes.values())
    completed = Outcome.FRONT, Outcome.INFEASIBLE, Outcome.COMPLETED
    return {
        "completed": sum(counted[outcome] for outcome in completed),
        "front": counted[Outcome.FRONT],
        **{each.word: counted[each] for each in Outcome if each not in (*completed, Outcome.RUNNING)},
        **{each.word: counted[each] for each in (Outcome.INFEASIBLE, Outcome.RUNNING) if counted[each]},
    }


def _front(study: ReportedStudy) -> Section:
    directions = {each.metric: f"{each.metric} {SIGNS[each.direction]}" for each in study.objectives}
    rows = [
        {directions.get(name, name): value for name, value in front_row(study.view, record).items()}
        for record in study.front
    ]
    infeasible = counts(study).get(Outcome.INFEASIBLE.word)
    note = f"{counted(len(rows), 'trial')} that no other beats in one objective without losing in another."
    if not study.completed:
        note = "No trial has completed yet."
    elif infeasible:
        note = f"{note} {infeasible_line(infeasible).capitalize()}."
    return Section("front", "Front", note, front(study), table(rows))


def _devices(study: ReportedStudy) -> Section:
    rows = []
    for device, attempts in by_device(study).items():
        idle = sum(gap.hours for gap in gaps(attempts, attempts[0].started))
        span = (max(each.ended for each in attempts) - attempts[0].started).total_seconds() / 3600
        row = {
            "device": device,
            "attempts": len(attempts),
            "device-hours": sum(each.hours for each in attempts),
        }
        rows.append(row | {"idle (h)": idle, "busy (%)": 100 * (1 - idle / span) if span else None})
    none = "No trial that ended had a device of its own."
    section = drawn("devices", "Devices", device_timeline(study), none)
    return Section(section.name, section.title, section.note, section.figures, table(rows))


def _confirmed(study: ReportedStudy) -> Section:
    rows = [
        {"trial": number, "seeds": len(each.seeds), "folds": each.folds or None}
        | {f"{metric} on test": str(each.test[metric]) for metric in study.metrics if metric in each.test}
        | {
            f"{metric} on validation": str(each.validation[metric])
            for metric in study.metrics
            if metric in each.validation
        }
        for number, of_trial in found(study.confirmations).items()
        for each in of_trial
    ]
    note = "" if rows else "Nothing was confirmed yet; `tuner confirm` judges the front on the test split."
    unfinished = "".join(map(paragraph, unfinished_lines(study.confirmations)))
    markup = table(rows) + unfinished
    return Section("confirmed", "Confirmed on the test split", note, confirmed(study), markup)
