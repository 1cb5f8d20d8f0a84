"""`python -m tuner`: the command line, its errors as one line and an exit code each."""

from __future__ import annotations

import os
import sys
import time

from tuner.hidden_passwords import hide_passwords


def main() -> None:
    """Runs the command line."""
    hide_passwords(sys.argv[1:])
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


if __name__ == "__main__":
    main()
