"""`python -m tuner`: the command line, its errors as one line and an exit code each."""

from __future__ import annotations

import os
import sys
import time


def main() -> None:
    """Runs the command line."""
    _hide_password(sys.argv[1:])
    os.environ["TZ"] = "UTC"  # Optuna stamps trials with local time; machines in several zones share a store
    time.tzset()

    from tuner.cli import app, err  # noqa: PLC0415
    from tuner.errors import TunerError  # noqa: PLC0415

    try:
        app()
    except TunerError as error:
        err.print(str(error), highlight=False, markup=False, soft_wrap=True, style="red")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("interrupted")
        sys.exit(130)


def _hide_password(arguments: list[str]) -> None:
    """Moves a storage URL with a password from the command line, which all can read, to the environment."""
    kept, url = split_storage(arguments)
    if url is not None and ("@" in url or "password" in url):
        os.environ["TUNER_STORAGE"] = url
        os.execv(sys.executable, [sys.executable, "-m", "tuner", *kept])


def split_storage(arguments: list[str]) -> tuple[list[str], str | None]:
    """The arguments without `--storage URL`, and that URL; the last one if it is named twice."""
    kept: list[str] = []
    url = None
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == "--storage":
            url = value if equals else next(words, None)
        else:
            kept.append(word)
    return kept, url


if __name__ == "__main__":
    main()
