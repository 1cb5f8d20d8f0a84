"""optuna-dashboard on the study store, served until a signal ends it."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import Any

from tuner.errors import Unreachable, UsageError
from tuner.results.dashboard.access import WILDCARDS, Access, host_name
from tuner.results.dashboard.figures import with_figures
from tuner.results.dashboard.front import replace_front
from tuner.results.dashboard.middleware import guarded
from tuner.results.dashboard.script import with_red_front
from tuner.results.dashboard.shared import SharedAnswers
from tuner.results.queue_page.served import PATH, with_queue
from tuner.results.report.served import with_reports
from tuner.results.wsgi import Application, Environ, StartResponse
from tuner.settings import Settings
from tuner.store.reading.dashboard_store import ReadingStore

HOST = "127.0.0.1"
PORT = 8080
THREADS = 8
POLL_SECONDS = 1


def serve_dashboard(
    store: ReadingStore,
    study: str | None,
    access: Access,
    write: Callable[[str], None],
    *,
    settings: Settings,
    host: str = HOST,
    port: int = PORT,
) -> None:
    """Serve until SIGTERM or Ctrl-C; answer 503 while the store is away.

    Args:
        store: the study store; its database need not be up, and may be restarted.
        study: the study to point at, or None.
        access: who may do what.
        write: writes a line that says where the front is, and before that what is waited for.
        settings: where the folders of studies are; reports and trials show pictures from there.
        host: the address to listen on.
        port: the port to listen on, or 0 for one that is free.

    Raises:
        UsageError: the address cannot be used, or there is no such study.
    """
    runs_folder = settings.runs_folder
    ended: SimpleQueue[BaseException | None] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.put(None))
    application = with_red_front(SharedAnswers(_optuna_dashboard(store), store.revision))
    application = with_figures(with_reports(application, store, runs_folder), store, runs_folder)
    application = with_queue(application, store, settings, writable=access.writable)
    server = _server(guarded(application, store.check, access), host, port)
    home = f"http://{_link(host)}:{_port(server)}/dashboard/"
    # Threads that end with the process: neither a request nor a connection on its way holds up the end.
    for work in (server.run, lambda: _point_at(store, study, home, write)):
        threading.Thread(target=_report_end, args=(work, ended), daemon=True).start()
    error = ended.get()
    if error is not None:
        raise error


def _report_end(work: Callable[[], None], ended: SimpleQueue[BaseException | None]) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - it is raised in the main thread
        ended.put(error)


def _point_at(store: ReadingStore, study: str | None, home: str, write: Callable[[str], None]) -> None:
    """Write where the front is, once the store is there; until then, what is waited for."""
    awaited = None
    while True:
        try:
            queue = home.removesuffix("/dashboard/") + PATH
            front = _page(store, study, home)
            write(f"the Pareto front is at {front} and the queue at {queue} (Ctrl-C ends)")
        except Unreachable as error:
            if str(error) != awaited:
                awaited = str(error)
                write(f"{home} waits: {awaited}")
            time.sleep(POLL_SECONDS)
        else:
            return


def _page(store: ReadingStore, study: str | None, home: str) -> str:
    if study is None:
        store.check()
        return home
    return f"{home}studies/{store.study_id(study)}"


def _optuna_dashboard(store: ReadingStore) -> Application:
    """Return the dashboard itself, made by the first request, because it reads the store when made."""
    from optuna_dashboard import wsgi  # noqa: PLC0415

    replace_front()
    # What fails for want of the database is answered by a 503 that says so; a traceback says no more.
    logging.getLogger("optuna_dashboard._bottle_util").addFilter(lambda _: _is_there(store))
    lock = threading.Lock()
    made: list[Application] = []

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with lock:
            if not made:
                made.append(wsgi(store.storage()))
        return made[0](environ, start_response)

    return application


def _is_there(store: ReadingStore) -> bool:
    try:
        store.check()
    except Unreachable:
        return False
    return True


def _server(application: Application, host: str, port: int) -> Any:
    import waitress  # noqa: PLC0415

    try:
        return waitress.create_server(application, host=host, port=port, threads=THREADS, ident="tuner")
    except (OSError, ValueError) as error:  # ValueError: a host that no address is known of
        why = (error.strerror if isinstance(error, OSError) else None) or error
        advice = "try another --host or --port"
        raise UsageError(f"dashboard: cannot listen on {_link(host)}:{port}: {why}; {advice}") from error


def _port(server: Any) -> int:
    # A name may have several addresses, and the server a socket for each.
    several = getattr(server, "effective_listen", None)
    return int(several[0][1] if several else server.effective_port)


def _link(host: str) -> str:
    return HOST if host in WILDCARDS else host_name(host)
