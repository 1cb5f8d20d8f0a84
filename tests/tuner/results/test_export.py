"""What an export holds: columns that no trial decides, their types, every epoch, a file that is whole."""

from __future__ import annotations

import csv
import io
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet
from sqlalchemy import text

from tests.full_disk import disk_full_above
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import UsageError
from tuner.results.export import exported
from tuner.results.file import write_file
from tuner.results.rows import ALWAYS
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import Report, TrialSpec


def train(spec: TrialSpec) -> Iterator[Report]:
    """The first trial fails before it has measured anything; the second is killed and queued again."""
    if spec.number == 0:
        raise RuntimeError("the trainer broke")
    for report in toy.train(spec):
        yield report
        if spec.number == 1 and report.epoch == 2:
            raise KeyboardInterrupt


@pytest.fixture
def study(storage_url: str, tmp_path: Path) -> StudyView:
    with pytest.raises(KeyboardInterrupt):
        launch_toy(toy_config(trials=3), storage_url, tmp_path, train=train)
    return launch_toy(toy_config(trials=3), storage_url, tmp_path).study


def rows_of(study: StudyView, file_format: str, *, reports: bool = False) -> list[dict[str, Any]]:
    content = exported(study, file_format, reports=reports)
    if file_format == "csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(content.decode(), newline=""))]
    if file_format == "json":
        return list(json.loads(content))
    return list(parquet.read_table(io.BytesIO(content)).to_pylist())


def types_of(study: StudyView, *, reports: bool = False) -> dict[str, Any]:
    schema = parquet.read_schema(io.BytesIO(exported(study, "parquet", reports=reports)))
    return dict(zip(schema.names, schema.types, strict=True))


@pytest.mark.parametrize("file_format", ["csv", "json", "parquet"])
def test_its_columns_are_in_an_order_that_no_trial_decides(file_format: str, study: StudyView) -> None:
    first, *others = rows_of(study, file_format)
    assert first["reason"] == "RuntimeError: the trainer broke"
    names = list(first)
    assert names[: len(ALWAYS) + 3] == [*ALWAYS, "score", "cost", "param.x"]
    assert names[-2:] == ["config", "versions"]
    attributes = names[len(ALWAYS) + 3 : -2]
    assert attributes == sorted(attributes)
    assert all(list(row) == names for row in others)


def test_a_trial_says_when_it_ended_and_how_long_it_took(study: StudyView) -> None:
    rows, records = rows_of(study, "json"), study.records()
    for row, record in zip(rows, records, strict=True):
        assert record.ended is not None
        assert datetime.fromisoformat(row["ended_at"]) == record.ended.replace(tzinfo=UTC)
    unknown = [row["trial"] for row in rows if row["seconds"] is None]
    assert unknown == [1]  # nobody was there any more when it ended
    assert [row["retry_of"] for row in rows].count(1) == 1


def test_types_follow_from_names(study: StudyView, sqlite_url: str, tmp_path: Path) -> None:
    moment = pyarrow.timestamp("us", tz="UTC")
    expected = {
        **{"trial": pyarrow.int64(), "attempt": pyarrow.int64(), "retry_of": pyarrow.int64()},
        **{"started_at": moment, "ended_at": moment, "seconds": pyarrow.float64()},
        **{"score": pyarrow.float64(), "param.x": pyarrow.float64(), "reason": pyarrow.string()},
    }
    types = types_of(study)
    assert {name: types[name] for name in expected} == expected
    # Where no trial failed or was queued again, and all of a metric's values are whole, they are the same.
    whole = launch_toy(
        toy_config(study="whole", trials=1), f"sqlite:///{tmp_path}/whole.db", tmp_path, train=ones
    ).study
    types = types_of(whole)
    assert {name: types[name] for name in expected} == expected


def ones(spec: TrialSpec) -> Iterator[Report]:
    measured = {"score": 1, "cost": 1}
    yield Report(1, measured, result=measured)


def test_what_others_changed_becomes_text(study: StudyView) -> None:
    with study.engine.begin() as connection:
        connection.execute(text("UPDATE trial_user_attributes SET value_json = '\"soon\"' "
                                "WHERE key = 'started_at'"))  # fmt: skip
    assert {row["started_at"] for row in rows_of(study, "parquet")} == {"soon"}


@pytest.mark.parametrize("file_format", ["csv", "json", "parquet"])
def test_every_metric_of_every_epoch(file_format: str, study: StudyView) -> None:
    rows = rows_of(study, file_format, reports=True)
    assert list(rows[0]) == ["trial", "retry_of", "epoch", "reported_at", "cost", "score"]
    curves: dict[int, dict[int, float]] = {}
    for row in rows:
        origin = int(row["trial"] if row["retry_of"] in (None, "") else row["retry_of"])
        curves.setdefault(origin, {})[int(row["epoch"])] = float(row["score"])
    records = {record.origin: record.params["x"] for record in study.records() if record.values}
    assert curves == {
        origin: {epoch: toy.score(x, epoch) for epoch in range(1, 5)} for origin, x in records.items()
    }
    assert {int(row["trial"]) for row in rows if row["retry_of"] not in (None, "")} == {2}


def test_reports_have_types_too(study: StudyView) -> None:
    moment, whole, number = pyarrow.timestamp("us", tz="UTC"), pyarrow.int64(), pyarrow.float64()
    names = ["trial", "retry_of", "epoch", "reported_at", "cost", "score"]
    expected = dict(zip(names, [whole, whole, whole, moment, number, number], strict=True))
    assert types_of(study, reports=True) == expected
    (last,) = {row["reported_at"] for row in rows_of(study, "parquet", reports=True)[-1:]}
    heard = max(study.last_heard().values()).replace(tzinfo=UTC)
    assert last == heard


def test_an_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "trials.csv"
    file.write_bytes(b"old")
    refused = pytest.raises(UsageError, match="cannot be written: File too large; name another")
    with disk_full_above(1_000), refused:
        write_file("export", file, b"new" * 1_000)
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"old", [file])
    write_file("export", file, b"new")
    assert file.read_bytes() == b"new"


def test_a_link_and_a_pipe_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write_file("export", tmp_path / "link", b"content")
    assert ((tmp_path / "link").readlink(), (tmp_path / "file").read_bytes()) == (Path("file"), b"content")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_file("export", pipe, b"content")
    reader.join()
    assert (read, pipe.is_fifo()) == ([b"content"], True)
