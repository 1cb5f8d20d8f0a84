"""optuna-dashboard on the study store: on this machine only, and for looking, not for changing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tuner.errors import UsageError
from tuner.study.store import StudyStore

HOST = "127.0.0.1"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def dashboard_url(store: StudyStore, study: str | None, port: int) -> str:
    """Where a browser finds the study's Pareto front, or the list of studies if none is named."""
    home = f"http://{HOST}:{port}/dashboard/"
    return home if study is None else f"{home}studies/{store.load(study).study_id}"


def serve_dashboard(store: StudyStore, port: int) -> None:
    """Serves until the process is interrupted.

    Raises:
        UsageError: the port is taken.
    """
    import waitress  # noqa: PLC0415
    from optuna_dashboard import wsgi  # noqa: PLC0415

    from tuner.study.patient_storage import PatientStorage  # noqa: PLC0415

    application = read_only(wsgi(PatientStorage(store.url, create=False)))
    try:
        waitress.serve(application, host=HOST, port=port, threads=8, ident="tuner", _quiet=True)
    except OSError as error:
        raise UsageError(
            f"dashboard: cannot listen on {HOST}:{port}: {error.strerror}; try --port"
        ) from error


def read_only(application: Application) -> Application:
    """The same application, refusing every request that would change the store.

    optuna-dashboard can rename, delete and tell; a visitor who did so would take a running study from
    its driver. It also answers 500 to a client that sends no Accept-Encoding, so one is supplied.
    """

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [("Content-Type", "text/plain"), ("Allow", "GET, HEAD")])
            return [b"this dashboard is for looking only\n"]
        environ.setdefault("HTTP_ACCEPT_ENCODING", "identity")
        return application(environ, start_response)

    return guarded
