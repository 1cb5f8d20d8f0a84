"""The dashboard in a real browser: every completed trial is on the screen, and no visitor changes any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.acceptance.browser import CHROMIUM, browser_page, pareto_plot
from tests.acceptance.dashboard_server import COMPLETE, STUDY, Served, fill, serving
from tuner.store.reading.reader import StudyStore

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        CHROMIUM is None, reason="needs the Debian package chromium: apt-get install chromium"
    ),
]

PASSWORD = "open, sésame: 1"


@pytest.fixture
def storage(postgres_url: str, tmp_path: Path) -> str:
    fill(postgres_url, tmp_path)
    return postgres_url


@pytest.fixture
def served(storage: str, tmp_path: Path) -> Iterator[Served]:
    changes = {"TUNER_STORAGE": storage, "TUNER_DASHBOARD_PASSWORD": PASSWORD}
    with serving(STUDY, folder=tmp_path, **changes) as served:
        yield served


@pytest.mark.parametrize("plotted_by_server", [False, True])
def test_every_completed_trial_is_drawn(served: Served, storage: str, plotted_by_server: bool) -> None:
    study = StudyStore.open(storage).load(STUDY)
    records = study.records()
    values = sorted(record.values for record in records if record.state == "COMPLETE")
    with browser_page(PASSWORD, plotted_by_server=plotted_by_server) as page:
        plot = pareto_plot(page, served.page)
    assert plot.drawn == len(values) == COMPLETE
    assert sorted(plot.points) == [pytest.approx(pair) for pair in values]
    # Grey would be as much green and blue as red: the front's oldest trial is not lost among the others.
    assert len(plot.front) == len(study.front()) > 1
    assert all(red > 2 * max(green, blue) for red, green, blue in plot.front), plot.front
    # Drawn by the browser, the objectives are named beside the plot; drawn by the server, at its axes.
    names = ["score", "cost"]
    assert (plot.axes, plot.chosen) == ((names, []) if plotted_by_server else (["", ""], names))


def test_nothing_is_shown_without_the_password(served: Served) -> None:
    # With "omit", the script gets the 401; otherwise chromium keeps it and asks a user who is not there.
    read = "path => fetch(path, {credentials: 'omit'}).then(answer => answer.status)"
    with browser_page() as page:
        page.goto(f"{served.url}/healthz")
        assert page.inner_text("body").strip() == "ok"
        for path in ("/", "/dashboard/", "/static/bundle.js", "/api/studies"):
            assert page.evaluate(read, path) == 401
        with pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):
            page.goto(served.page)
    with browser_page("another") as page:
        answer = page.goto(served.page)
        assert answer is not None
        assert answer.status == 401


def test_the_page_cannot_write(served: Served, storage: str) -> None:
    send = "([method, path]) => fetch(path, {method, body: '{}'}).then(answer => answer.status)"
    with browser_page(PASSWORD) as page:
        page.goto(served.page)
        study = "/api/studies/" + served.page.rpartition("/")[2]
        tried = [("DELETE", study), ("POST", f"{study}/rename"), ("PUT", f"{study}/note")]
        assert [page.evaluate(send, list(request)) for request in tried] == [405] * 3
    assert StudyStore.open(storage).names() == [STUDY]
