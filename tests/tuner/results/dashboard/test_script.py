"""The dashboard's script is served with other colours, and asked for once."""

from __future__ import annotations

import gzip
import io
from importlib.resources import files
from typing import Any

from tests.tuner.results.dashboard.test_middleware import Page
from tuner.results.dashboard.script import GREY_TO_RED, PATH, with_red_front


def ask(**headers: str) -> tuple[str, dict[str, str], bytes]:
    begun: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "wsgi.errors": io.StringIO(), **headers}
    body = with_red_front(Page())(environ, lambda *begin: begun.append(begin))
    ((status, sent),) = begun
    return status, dict(sent), b"".join(body)


def test_the_script_says_once_how_the_front_is_coloured() -> None:
    """An upgrade that says it otherwise must be seen."""
    original = files("optuna_dashboard").joinpath("public", "bundle.js").read_text(encoding="utf-8")
    assert original.count(GREY_TO_RED) == 1
    status, _, body = ask()
    assert status == "200 OK"
    changed = body.decode()
    assert changed.count('colorscale:[[0,"#fb6a4a"],[1,"#67000d"]],colorbar:{title:{text:"Best Trial"}') == 1
    assert len(changed) - len(original) == len('[[0,"#fb6a4a"],[1,"#67000d"]]') - len('"Reds"')


def test_a_browser_that_has_it_is_not_sent_it_again() -> None:
    _, plain, body = ask()
    status, sent, compressed = ask(HTTP_ACCEPT_ENCODING="gzip, br")
    assert (status, sent["Content-Encoding"]) == ("200 OK", "gzip")
    assert gzip.decompress(compressed) == body
    assert ask(HTTP_IF_NONE_MATCH=sent["ETag"])[::2] == ("304 Not Modified", b"")
    assert plain["ETag"] == sent["ETag"]
