"""What stands beside Optuna's tables: reports, drivers, confirmations, the queue, their version."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, DateTime, Float, Integer, MetaData, String, Table, Text

metadata = MetaData()

reports = Table(
    "tuner_reports",
    metadata,
    Column("trial_id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("metrics", JSON, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

drivers = Table(
    "tuner_drivers",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("driver", String(32), nullable=False),
    Column("applied", Integer, nullable=False),
    Column("holder", Text, nullable=False),
)
"""Who may write to a study: the driver's token, how many of its events are stored, its process for people."""

confirmations = Table(
    "tuner_confirmations",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column("seed", BigInteger, primary_key=True, autoincrement=False),
    Column("folds", Integer, primary_key=True, autoincrement=False),
    Column("fold", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("traceback", Text),
    Column("best_epoch", Integer),
    Column("test", JSON(none_as_null=True)),
    Column("validation", JSON(none_as_null=True)),
    Column("attempt", Integer, nullable=False),
    Column("node", Text),
    Column("device", Text),
    Column("seconds", Float),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("versions", JSON, nullable=False),
    Column("git_commit", Text),
)
"""Trainings that judged a trial on the test split, a row each; `trial` is its number, `folds` 0 without any.

Nothing that proposes, stops or ranks trials reads it.
"""

confirmers = Table(
    "tuner_confirmers",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
)
"""The process that confirms a study, or did so last, for people."""

queue = Table(
    "tuner_queue",
    metadata,
    Column("study_id", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("max_devices", Integer),
    Column("submitted_by", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("git_commit", Text),
    Column("reason", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
"""The studies that a service drives, or has driven: what their users want, and how they ended."""

services = Table(
    "tuner_services",
    metadata,
    Column("service", String(32), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("status", JSON, nullable=False),
)
"""The services of this store: each one's process for people, when it was last there, and what it does."""

schema_version = Table("tuner_schema", metadata, Column("version", Integer, primary_key=True))
