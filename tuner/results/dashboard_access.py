"""Who may look at the dashboard: the names it answers to, and when it must ask for a password."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tuner.errors import UsageError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
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
