"""The errors a user meets, each with the exit code it ends the program with."""


class TunerError(Exception):
    """Something went wrong that the program can explain; its message is all the user needs to read."""

    exit_code = 1


class UsageError(TunerError):
    """A command line, file or stored configuration cannot be used as it is; correct it and run again."""

    exit_code = 2


class OutputLost(TunerError):  # noqa: N818
    """The work is done, but stdout could not be written to."""

    exit_code = 1


class StudyFailed(TunerError):  # noqa: N818 - what happened says it better
    """The study ran, but more trials failed than the budget allows, or none completed."""

    exit_code = 3


class Unreachable(TunerError):  # noqa: N818
    """The database or the cluster cannot be reached; nothing is lost, run the same command again later."""

    exit_code = 4


class Conflict(TunerError):  # noqa: N818
    """Another process drives the study, or the study exists with another configuration."""

    exit_code = 5


class Interrupted(TunerError):  # noqa: N818
    """A signal ended the launch before the database could be told everything; what it lacks is kept."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code
