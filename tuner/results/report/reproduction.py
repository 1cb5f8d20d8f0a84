"""How to reproduce a study: its file, its commands, and the code and libraries that it ran with."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import Any

import yaml

from tuner.config.name import as_argument
from tuner.results.report.reported_study import ReportedStudy
from tuner.results.report.section import escaped, listing, paragraph, table
from tuner.store.reading.record_reader import stored_value

MOST_CONFIGS = 12
"""The configs of so many trials of the front are written out."""


def reproduction(study: ReportedStudy) -> str:
    """Return safe HTML: the commands, the study's file, what ran, and the configs of the front."""
    commits = Counter(str(each.attributes.get("git_commit") or "") for each in study.records)
    commit = commits.most_common(1)[0][0].rstrip("+") if commits else ""
    config = stored_value(study.view.stored_config)
    code = ["--allow-code"] if isinstance(config, dict) and config.get("trainable") else []
    name = as_argument(study.name)
    lines = [
        *([f"git checkout {shlex.quote(commit)}"] if commit else []),
        "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && source .venv/bin/activate",
        shlex.join(["python", "-m", "tuner", "launch", *code, "study.yaml"]),
        shlex.join(["python", "-m", "tuner", "confirm", *code, *name]),
        shlex.join(["python", "-m", "tuner", "report", *name]),
    ]
    return "".join(
        [
            paragraph("In a checkout of the project, with the file below as study.yaml and an empty store:"),
            listing("\n".join(lines)),
            *([] if code else [_one_trial()]),
            "<details><summary>study.yaml</summary>",
            listing(_as_yaml(config)),
            "</details>",
            *map(_config_of, study.front[:MOST_CONFIGS]),
            paragraph("What ran; a + behind a commit says that tracked files differed from it."),
            table(_ran(study)),
        ]
    )


def _one_trial() -> str:
    return paragraph(
        "One trial of the front alone: its config below as trial.yaml, and: python -m trainers trial.yaml"
    )


def _config_of(record: Any) -> str:
    config = record.attributes.get("config")
    if config is None:
        return ""
    summary = f"<summary>config of trial {escaped(record.number)}</summary>"
    return f"<details>{summary}{listing(_as_yaml(config))}</details>"


def _as_yaml(stored: Any) -> str:
    """Return a config as YAML; what is no mapping, since others changed it, as it is."""
    if not isinstance(stored, dict):
        return str(stored)
    return yaml.safe_dump(stored, sort_keys=False, allow_unicode=True)


def _ran(study: ReportedStudy) -> list[dict[str, Any]]:
    """Return a row for each commit with the same libraries, and how many trials ran with them."""
    rows: Counter[tuple[tuple[str, str], ...]] = Counter()
    for record in study.records:
        versions = record.attributes.get("versions")
        named = versions if isinstance(versions, dict) else {}
        commit = str(record.attributes.get("git_commit") or "unknown")
        rows[("commit", commit), *((str(key), str(value)) for key, value in named.items())] += 1
    return [{"trials": count, **dict(row)} for row, count in rows.most_common()]
