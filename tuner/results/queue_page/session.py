"""Sessions of a page with forms: a cookie, and in each form a token that only goes with this cookie."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from tuner.results.wsgi import Environ

COOKIE = "tuner_queue"
_SESSION = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Sessions:
    """The sessions of one dashboard; they end with its process.

    Attributes:
        path: below which browsers send the cookie back.
    """

    path: str
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def session_of(self, environ: Environ) -> str | None:
        """Return the session that a request names; None if it names none."""
        try:
            cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        except CookieError:
            return None
        session = cookies[COOKIE].value if COOKIE in cookies else ""
        return session if _SESSION.fullmatch(session) else None

    def begin(self) -> tuple[str, tuple[str, str]]:
        """Return a new session, and the header that gives it to a browser."""
        session = secrets.token_hex(16)
        return session, ("Set-Cookie", f"{COOKIE}={session}; Path={self.path}; HttpOnly; SameSite=Strict")

    def token(self, session: str) -> str:
        """Return what the forms of a session carry."""
        return hmac.new(self._secret, session.encode(), "sha256").hexdigest()

    def is_own(self, environ: Environ, token: str) -> bool:
        """Return whether a request carries the token of the session that it names."""
        session = self.session_of(environ)
        return session is not None and hmac.compare_digest(self.token(session).encode(), token.encode())
