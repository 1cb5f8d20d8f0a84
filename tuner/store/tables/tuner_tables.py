"""What stands beside Optuna's tables: reports, drivers, their version."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table, Text

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

schema_version = Table("tuner_schema", metadata, Column("version", Integer, primary_key=True))
