"""What Ray Tune asks how many workers a study wants."""

from __future__ import annotations

from typing import Any

from ray.tune.search import Searcher

from tuner.run.on_ray.dispatcher import Dispatcher


class WorkerSearcher(Searcher):
    """Adapts a study to Ray Tune. Each trial of Tune's is a worker with a device, for many of the study's.

    Were it one of the study's, a short trial would cost Tune's one thread several turns; and Tune gives the
    worker of a trial that ends to one whose own worker is still starting, and ends that one.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        super().__init__()
        self._dispatcher = dispatcher

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:  # type: ignore[override]
        """One more worker; None if there are enough; FINISHED if none is left and none is wanted."""
        if self._dispatcher.add(trial_id):
            return {}
        return None if self._dispatcher.count else Searcher.FINISHED

    def on_trial_complete(
        self,
        trial_id: str,
        result: dict[str, Any] | None = None,  # noqa: ARG002
        error: bool = False,
    ) -> None:
        """Told by Tune once a worker; with an error the callback is told too, and knows which."""
        if not error:
            self._dispatcher.ended(trial_id)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the store is the only state."""

    def restore(self, checkpoint_path: str) -> None:
        """Never called."""

    def __getstate__(self) -> dict[str, Any]:
        """Empty: Tune pickles its searcher to disk, and ours holds the database."""
        return {}
