"""The queue's page in a real browser: it is looked at, a study is stopped there, and it fits a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.browser import CHROMIUM, browser_page
from tests.acceptance.dashboard_server import serving
from tests.tuner.configs import toy_config
from tuner.store.create_study import create_or_load
from tuner.store.queue.queue_writer import QueueOptions, submit
from tuner.store.queue.submission import queued_study
from tuner.store.tables.creation import make_store

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        CHROMIUM is None, reason="needs the Debian package chromium: apt-get install chromium"
    ),
]

PASSWORD = "open, sésame: 1"
PHONE = {"width": 360, "height": 740}


def test_a_study_is_stopped_in_the_page(storage_url: str, tmp_path: Path) -> None:
    view = create_or_load(make_store(storage_url, ["score", "cost"]), toy_config())
    submit(view.engine, view.study_id, QueueOptions())
    changes = {"TUNER_STORAGE": storage_url, "TUNER_DASHBOARD_PASSWORD": PASSWORD}
    with (
        serving("--writable", folder=tmp_path, **changes) as served,
        browser_page(PASSWORD) as page,
    ):
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        front = served.page
        assert (
            f"the Pareto front is at {front} and the queue at {served.url}/queue (Ctrl-C ends)" in served.said
        )
        page.goto(f"{served.url}/queue?paused=1")
        row = page.locator("tr", has_text="toy")
        assert "queued" in row.inner_text()
        row.get_by_role("button", name="stop").click()
        page.wait_for_url(f"{served.url}/queue")
        stopped = page.locator("tr", has_text="toy")
        assert "stopped" in stopped.inner_text()
        assert stopped.get_by_role("button", name="resume").is_visible()
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        page.emulate_media(color_scheme="dark")
        paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert wide <= PHONE["width"]
    assert paper == "rgb(20, 23, 27)"
    assert [each for each in problems if "favicon" not in each] == []
    row_now = queued_study(view)
    assert row_now is not None
    assert row_now.state == "stopped"
