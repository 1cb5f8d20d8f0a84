"""A service's log has a line for what is said, whatever the text holds."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest

from tuner.run.service.log import LineConsole, Log, LoggedLines, about

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"
HOSTILE = "\x1b[2Jgone\x07 \ud800 é\r{at} [bold]\u2028last"


def said(message: str, study: str | None = None) -> str:
    """What stands in a text log."""
    file = io.StringIO()
    Log(file).say(message, study)
    return file.getvalue()


def test_a_line_of_text_has_its_time_and_its_study() -> None:
    assert re.fullmatch(f"{TIME} mine: completed\n", said("completed", "mine"))
    assert re.fullmatch(f"{TIME} drives the queue\n", said("drives the queue"))
    assert re.fullmatch(f"{TIME} \n", said(""))


def test_hostile_text_does_not_act_on_a_terminal() -> None:
    found = said(HOSTILE, "mine\x1b[31m")
    assert all(each.isprintable() for each in found.splitlines())
    assert "gone\\x07 \\ud800 é\n" in found
    assert "{at} [bold]\n" in found


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", "\x85", "\u2028"])
def test_no_line_can_be_taken_for_anothers(ending: str) -> None:
    forged = "2026-01-01T00:00:00+00:00 yours: completed"
    lines = said(f"failed{ending}{forged}", "mine").splitlines()
    assert len(lines) == 2
    assert all(re.match(f"{TIME} mine: ", line) for line in lines)
    (line,) = said("failed", f"mine{ending}{forged}").splitlines()
    assert re.match(f"{TIME} mine", line)


def test_json_is_an_object_a_line_with_the_text_as_it_is() -> None:
    file = io.StringIO()
    log = Log(file, "json")
    log.say(HOSTILE + "\nsecond", "mine")
    log.say("drives the queue")
    first, second = map(json.loads, file.getvalue().splitlines())
    assert (first["study"], first["message"]) == ("mine", HOSTILE + "\nsecond")
    assert (second["study"], second["message"]) == (None, "drives the queue")
    assert re.fullmatch(TIME, first["at"])
    assert first.keys() == {"at", "study", "message"}
    assert file.getvalue().isascii()


def test_what_is_shown_of_a_study_goes_to_the_log() -> None:
    lines: list[str] = []
    LineConsole(lines.append).print("[bold]trial", 3, "completed", highlight=False)
    assert lines == ["[bold]trial 3 completed"]


def test_what_modules_log_is_said_of_the_study_it_is_about() -> None:
    file = io.StringIO()
    logger = logging.getLogger("tuner.store.writing.leftover_logs")
    with LoggedLines(Log(file, "json")).taking():
        with about("mine"):
            logger.warning("epoch %d is stored now", 1)
        logger.warning("of none")
    logger.warning("of a launch")
    found = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [(line["study"], line["message"]) for line in found] == [
        ("mine", "epoch 1 is stored now"),
        (None, "of none"),
    ]
