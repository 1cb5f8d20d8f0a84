"""The report in a real browser: from disk without a network, and where the dashboard serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from benchmarks.filled_store import fill as fill_randomly
from tests.acceptance.browser import ARGUMENTS, CHROMIUM, REPORT_DRAWN
from tests.acceptance.command_line import tuner
from tests.acceptance.dashboard_server import basic, serving
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.results.dashboard.test_figures import draw
from tests.tuner.results.report import hostile
from tuner.results.report.served import report_path

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        CHROMIUM is None, reason="needs the Debian package chromium: apt-get install chromium"
    ),
]

WIDE, PHONE = 1200, 390
PATIENCE_MS = 300_000
PASSWORD = "open, sésame: 1"
# A drawn trace is a path, a bar or a point with an extent on the screen.
EMPTY = """() => [...document.querySelectorAll('[id^=figure-]')].filter(place => ![
    ...place.querySelectorAll('.point, .js-line')
].some(mark => mark.getBoundingClientRect().width > 0)).map(place => place.id)"""


class Visit:
    """A page, with what it complained of and asked the network for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, url: str) -> None:
        self.page.goto(url, wait_until="commit")
        self.page.wait_for_function(REPORT_DRAWN)


@contextmanager
def visiting(width: int = WIDE, password: str | None = None, *, offline: bool = False) -> Iterator[Visit]:
    credentials = {"username": "anyone", "password": password} if password is not None else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        try:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                http_credentials=credentials,
                offline=offline,
                has_touch=width == PHONE,
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            yield Visit(page)
        finally:
            browser.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a study with five parameters and trials of every outcome."""
    folder = tmp_path_factory.mktemp("report")
    storage = f"sqlite:///{folder}/tuner.db"
    fill_randomly(storage, 60)
    done = tuner("report", "filled", "--storage", storage, folder=folder)
    assert (done.returncode, done.stdout) == (0, "report-filled.html\n"), done.stderr
    return folder / "report-filled.html"


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_it_is_drawn_from_disk_without_a_network(written: Path, width: int) -> None:
    with visiting(width, offline=True) as visit:
        visit.open(written.as_uri())
        page = visit.page
        assert page.locator("[id^=figure-]").count() == int(page.locator("html").get_attribute("data-drawn"))
        assert page.evaluate(EMPTY) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for figure in ("front", "slice-0-0", "parallel-coordinates", "device-timeline"):
            shown = hovered(page, figure)
            assert "trial" in shown
            assert "loss.margin" in shown
        assert (visit.errors, visit.requests) == ([], [written.as_uri()])


def hovered(page: Page, figure: str) -> str:
    """What a figure shows where the pointer rests on its last mark, which nothing covers."""
    mark = page.locator(f"#figure-{figure} .point").last
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return page.locator(f"#figure-{figure} .hovertext").first.text_content() or ""


def test_it_prints_in_the_dark_as_in_the_light(written: Path) -> None:
    colour = "() => document.querySelector('#figure-front .xtitle').style.fill"
    with visiting(offline=True) as visit:
        visit.page.emulate_media(color_scheme="light")
        visit.open(written.as_uri())
        light = visit.page.evaluate(colour)
        visit.page.emulate_media(color_scheme="dark")
        visit.page.wait_for_function(f"light => ({colour})() !== light", arg=light)
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert visit.page.evaluate(colour) == light
        visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert visit.page.evaluate(colour) != light


def test_nothing_stored_runs_a_script(postgres_url: str, tmp_path: Path) -> None:
    hostile.fill(postgres_url, tmp_path)
    changes = {"TUNER_STORAGE": postgres_url, "TUNER_DASHBOARD_PASSWORD": PASSWORD}
    path = report_path(hostile.NAME)
    with serving(folder=tmp_path, **changes) as served:
        assert served.ask(path).status == 401
        answer = served.ask(path, Authorization=basic(PASSWORD))
        assert answer.status == 200
        assert "'unsafe-eval'" not in answer.headers["Content-Security-Policy"]
        with visiting(password=PASSWORD) as visit:
            visit.open(f"{served.url}{path}")
            assert visit.page.inner_text("h1") == f"Study {hostile.NAME}"
            assert visit.page.evaluate(EMPTY) == []
            assert visit.errors == []
            assert visit.page.evaluate("window.acted") is None
            visit.page.goto(f"{served.url}/dashboard/studies/1/note")
            visit.page.get_by_role("link", name="Report").click()
            visit.page.wait_for_function(REPORT_DRAWN)
            assert visit.page.url == f"{served.url}{path}"


def test_a_note_that_would_act_is_shown_as_text(postgres_url: str, tmp_path: Path) -> None:
    hostile.fill(postgres_url, tmp_path)
    with serving(folder=tmp_path, TUNER_STORAGE=postgres_url) as served, visiting() as visit:
        visit.page.goto(f"{served.url}/dashboard/studies/1/note")
        visit.page.get_by_role("link", name="Report").wait_for()
        assert visit.page.evaluate("window.acted") is None


def test_a_trials_note_leads_to_its_figures(sqlite_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(trials=2), sqlite_url, tmp_path).study
    best = view.front()[0].number
    draw(view.folder_in(tmp_path / "runs") / f"trial-{best:05d}")
    changes = {"TUNER_STORAGE": sqlite_url, "TUNER_DASHBOARD_PASSWORD": PASSWORD}
    with serving(folder=tmp_path, **changes, TUNER_RUNS=str(tmp_path / "runs")) as served:
        path = f"/figures/toy/{best}"
        assert served.ask(path).status == 401
        with visiting(password=PASSWORD) as visit:
            visit.page.goto(f"{served.url}/dashboard/studies/1/trials?numbers={best}")
            visit.page.get_by_role("link", name="Figures").click()
            visit.page.wait_for_function(REPORT_DRAWN)
            assert visit.page.url == f"{served.url}{path}"
            assert visit.page.evaluate(EMPTY) == []
            assert visit.page.locator(f"#figure-map-{best} .point").count() == 2
            assert visit.page.evaluate("document.querySelector('main img').naturalWidth") == 4
            assert visit.errors == []
