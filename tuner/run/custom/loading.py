"""Chooses a study's trainable: the project's own, or a user's if running its code is allowed."""

from __future__ import annotations

from formats.messages import format_value
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.run.custom.trainable import CustomTrainable
from tuner.run.launch import Trainable


def trainable_of(config: StudyConfig | None, *, allow_code: bool) -> Trainable:
    """Return the study's trainable; the project's own if there is no study.

    Raises:
        UsageError: it is a user's, and its import is not allowed or fails.
    """
    if config is None or config.trainable is None:
        from tuner.run import trainable  # noqa: PLC0415 - torch takes seconds to import

        return trainable
    place = f"{config.where(('trainable',))}: trainable"
    if not allow_code:
        raise UsageError(f"{place}: {format_value(config.trainable)} names code; add --allow-code to run it")
    try:
        return CustomTrainable.named(config.trainable)
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from error
