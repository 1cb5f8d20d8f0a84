"""Saves a training now and then, beside it."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from types import TracebackType

from trainers.training.trainer import Trainer


class Saver:
    """Saves a training at its end, and before that at most every so many seconds, in a thread of its own.

    Leaving the block waits for what is being written.

    Args:
        trainer: the training.
        folder: where its files go.
        seconds: between two saves; 0 saves after each epoch, and waits for the disk.
    """

    def __init__(self, trainer: Trainer, folder: Path, seconds: float) -> None:
        self._trainer = trainer
        self._folder = folder
        self._seconds = seconds
        self._due = monotonic() + seconds
        self._thread = ThreadPoolExecutor(1, "saver")
        self._writing: tuple[int, Future[Path]] | None = None
        self.state: Path | None = None

    def __enter__(self) -> "Saver":
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is being written."""
        self._thread.shutdown()

    def save(self) -> str | None:
        """Save the training after an epoch, if it is time.

        Returns:
            Why an earlier save failed, or this one if it was waited for; None if none did. ``state`` is the
            path of the last state that is on the disk.
        """
        has_ended = self._trainer.has_ended
        is_due = has_ended or monotonic() >= self._due
        failure = self._written(wait=is_due)
        if is_due:
            epoch = self._trainer.history[-1].epoch
            self._writing = epoch, self._thread.submit(self._trainer.snapshot().write, self._folder)
            failure = self._written(wait=has_ended or not self._seconds) or failure
            self._due = monotonic() + self._seconds
        return failure

    def _written(self, *, wait: bool) -> str | None:
        """Take in what was written; return why it failed, if it did."""
        if self._writing is None or not (wait or self._writing[1].done()):
            return None
        (epoch, written), self._writing = self._writing, None
        try:
            self.state = written.result()
        except OSError as error:
            return f"epoch {epoch}: {error}"
        return None
