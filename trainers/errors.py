"""The errors of a training, one class for each cause."""


class TrainerError(Exception):
    """A training cannot start or go on; the message says where, what, what is allowed and what to do."""


class ConfigError(TrainerError):
    """A config, or the file that holds it, asks for something that does not exist or cannot be done."""


class DatasetError(TrainerError):
    """A dataset's files are missing or damaged; the message names them and how to get them."""


class TrainingStopped(TrainerError):  # noqa: N818  (it ends a training; the program is fine)
    """The configuration ended the training: it diverged, has a verdict to stop on, or needs too much memory.

    Another node would stop in the same way, so there is no point in trying again.

    Attributes:
        reason: what happened and when, such as ``diverged: loss is nan at epoch 3``.
        verdict: the ``trainers.diagnostics.health.Verdict`` that ended it, if one did.
    """

    def __init__(self, reason: str, verdict: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.verdict = verdict
