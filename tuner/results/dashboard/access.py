"""Who may look at the dashboard and change it: the name that was asked, the password, whose page asks."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from tuner.errors import UsageError
from tuner.results.wsgi import Application, Environ, StartResponse, plain_answer

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
READING = ("GET", "HEAD")
WILDCARDS = ("0.0.0.0", "::")  # all addresses of this machine, which are no name of it


@dataclass(frozen=True)
class Access:
    """Who may do what.

    Attributes:
        hosts: the names under which a browser may ask, as `host_name` gives them.
        password: what everybody must know, or None if nobody is asked.
        writable: whether studies may be changed and deleted.
    """

    hosts: frozenset[str] = LOOPBACK_NAMES
    password: str | None = field(default=None, repr=False)
    writable: bool = False

    @classmethod
    def at(
        cls, host: str, names: Sequence[str] = (), password: str | None = None, *, writable: bool = False
    ) -> Access:
        """Return the access to a dashboard that listens on `host`, and which other `names` lead to.

        Raises:
            UsageError: other machines reach this address, and there is no password.
        """
        if password is None and not _is_loopback(host):
            raise UsageError(
                f"dashboard: on {host!r} other machines reach it, which needs a password; set "
                "TUNER_DASHBOARD_PASSWORD, or TUNER_DASHBOARD_PASSWORD_FILE to a file that holds it"
            )
        named = [host_name(name) for name in (host, *names) if name not in WILDCARDS]
        return cls(LOOPBACK_NAMES.union(named), password, writable)


def answering_to(application: Application, hosts: frozenset[str]) -> Application:
    """Answer only to these names; else any web page could read the dashboard through a name of its own."""

    def named(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        name = host_name(environ.get("HTTP_HOST", ""))
        if name in hosts:
            return application(environ, start)
        why = f"the dashboard does not answer to {name!r}; if it should, start it with --allow-host NAME"
        return plain_answer(environ, start, HTTPStatus.FORBIDDEN, why)

    return named


def asking_for_password(application: Application, password: str) -> Application:
    """Serve nothing without the password, whatever the user's name (HTTP Basic, RFC 7617)."""
    wanted = password.encode()

    def asking(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if hmac.compare_digest(_password(environ.get("HTTP_AUTHORIZATION", "")), wanted):
            return application(environ, start)
        challenge = ("WWW-Authenticate", 'Basic realm="tuner", charset="UTF-8"')
        why = "the dashboard asks for a password"
        return plain_answer(environ, start, HTTPStatus.UNAUTHORIZED, why, challenge)

    return asking


def read_only(application: Application) -> Application:
    """Refuse every request that would change the store.

    optuna-dashboard can rename, delete and tell; a visitor who did so would take a running study from
    its driver.
    """

    def reading(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in READING:
            return application(environ, start)
        why = "this dashboard is read-only"
        return plain_answer(environ, start, HTTPStatus.METHOD_NOT_ALLOWED, why, ("Allow", ", ".join(READING)))

    return reading


def of_its_own_pages(application: Application) -> Application:
    """Refuse what the page of another site would change; a browser would send the password along.

    A program that is no browser sends neither header, and is let through.
    """

    def checking(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in READING or _is_own_page(environ):
            return application(environ, start)
        origin = environ.get("HTTP_ORIGIN", "another site")
        why = f"the dashboard is not changed by a page of {origin!r}; open it under its own address"
        return plain_answer(environ, start, HTTPStatus.FORBIDDEN, why)

    return checking


def _is_own_page(environ: Environ) -> bool:
    """Tell whether a request is of the dashboard's own page, as far as a browser sent it.

    A proxy may change `Host`, so what the browser says counts more; it says it over HTTPS and loopback only.
    """
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site in ("same-origin", "none")
    origin = environ.get("HTTP_ORIGIN")
    return origin is None or origin.lower().partition("://")[2] == environ.get("HTTP_HOST", "").lower()


def host_name(host: str) -> str:
    """Return a host as browsers name it: in lower case, without its port, an IPv6 address in brackets."""
    name = host.strip().lower()
    if name.count(":") > 1 and not name.startswith("["):
        return f"[{name}]"
    return re.sub(r":\d*$", "", name)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _password(authorization: str) -> bytes:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(credentials.strip(), validate=True).partition(b":")[2]
    except ValueError:
        return b""
