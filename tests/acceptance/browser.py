"""The dashboard's Pareto front as chromium draws it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SIZE = {"width": 1200, "height": 700}
PATIENCE_MS = 120_000

# The plot's id is optuna-dashboard's, the rest is plotly's: a trace's data, a drawn point, an axis.
PLOT = "#graph-pareto-front"
DRAWN = f"() => document.querySelectorAll('{PLOT} .scatterlayer .point').length > 0"
READ = f"""() => {{
    const plot = document.querySelector('{PLOT}');
    const title = axis => (axis && axis.title && axis.title.text) || '';
    return [
        plot.querySelectorAll('.scatterlayer .point').length,
        plot.data.flatMap(trace => trace.x.map((x, i) => [x, trace.y[i]])).filter(
            ([x, y]) => Number.isFinite(x) && Number.isFinite(y)  // a trial without values is in the data too
        ),
        [title(plot.layout.xaxis), title(plot.layout.yaxis)],
        [...plot.querySelectorAll('.scatterlayer .trace')].filter(
            drawn => drawn.__data__[0].trace.hovertemplate.includes('Best Trial')
        ).flatMap(drawn => [...drawn.querySelectorAll('.point')].map(point => getComputedStyle(point).fill)),
    ];
}}"""


# Between two pages the document has no element.
REPORT_DRAWN = "() => document.documentElement?.dataset.drawn !== undefined"


@dataclass(frozen=True)
class Plot:
    """A Pareto front as it is drawn.

    Attributes:
        drawn: how many points are on the screen.
        points: each of them as (x, y), as plotly was given it.
        axes: what is written at the axes.
        chosen: the objectives that the page says it draws, of x and of y.
        front: the colour of each point of the front: red, green and blue of 255.
    """

    drawn: int
    points: list[tuple[float, float]]
    axes: list[str]
    chosen: list[str]
    front: list[tuple[int, int, int]]


@contextmanager
def browser_page(password: str | None = None, *, plotted_by_server: bool = False) -> Iterator[Page]:
    """An empty page of a fresh chromium.

    Args:
        password: what the browser sends when it is asked for one.
        plotted_by_server: the dashboard's own setting "Use Plotly Python library", off unless it is chosen.
    """
    credentials = {"username": "anyone", "password": password} if password is not None else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        try:
            page = browser.new_page(viewport=SIZE, http_credentials=credentials)
            page.set_default_timeout(PATIENCE_MS)
            if plotted_by_server:
                page.add_init_script("localStorage.setItem('plotBackendRendering', 'true')")
            yield page
        finally:
            browser.close()


def pareto_plot(page: Page, url: str) -> Plot:
    """Opens a study's page and reads its Pareto front, once that is drawn."""
    page.goto(url)
    page.wait_for_function(DRAWN)
    drawn, points, axes, fills = page.evaluate(READ)
    front = [tuple(map(int, re.findall(r"\d+", fill)[:3])) for fill in fills]
    chosen = page.locator(".MuiCard-root").filter(has=page.locator(PLOT)).get_by_role("combobox")
    return Plot(drawn, [(x, y) for x, y in points], axes, chosen.all_inner_texts(), front)


def picture(url: str, file: Path) -> Plot:
    """Writes what a visitor sees of the front into a file: the head of the page, and the front's card."""
    with browser_page() as page:
        plot = pareto_plot(page, url)
        page.wait_for_load_state("networkidle")
        card = page.locator(".MuiCard-root").filter(has=page.locator(PLOT)).bounding_box()
        assert card is not None
        bottom = min(card["y"] + card["height"] + 8, SIZE["height"])
        page.screenshot(path=file, clip={"x": 0, "y": 0, "width": SIZE["width"], "height": bottom})
    return plot
