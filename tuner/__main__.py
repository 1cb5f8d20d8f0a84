"""`python -m tuner`: the command line, its errors as one line and an exit code each."""

from __future__ import annotations

import os
import re
import sys
import time

_VARIABLES = {"--storage": "TUNER_STORAGE", "--from": "TUNER_STORAGE_FROM"}
_PASSWORD = re.compile(":.*:.*@|password")  # scheme:user:password@, or a parameter at the URL's end


def main() -> None:
    """Runs the command line."""
    _hide_passwords(sys.argv[1:])
    os.environ["TZ"] = "UTC"  # Optuna stamps trials with local time; machines in several zones share a store
    time.tzset()

    from tuner.cli import app  # noqa: PLC0415
    from tuner.errors import TunerError  # noqa: PLC0415
    from tuner.output import prepare_streams, write_message  # noqa: PLC0415

    prepare_streams()
    try:
        app()
    except TunerError as error:
        write_message(str(error), style="red")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        write_message("interrupted")
        sys.exit(130)


def _hide_passwords(arguments: list[str]) -> None:
    """Moves URLs with a password from the command line, which all can read, to the environment."""
    moved: dict[str, str] = {}
    for option, variable in _VARIABLES.items():
        rest, url = split_option(option, arguments)
        if url is not None and _PASSWORD.search(url):
            arguments, moved[variable] = rest, url
    if moved:
        os.environ.update(moved)
        os.execv(sys.executable, [sys.executable, "-m", "tuner", *arguments])


def split_option(option: str, arguments: list[str]) -> tuple[list[str], str | None]:
    """The arguments without this option and its value, and that value; the last one if it is named twice."""
    rest: list[str] = []
    url = None
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == option:
            url = value if equals else next(words, None)
        else:
            rest.append(word)
    return rest, url


if __name__ == "__main__":
    main()
