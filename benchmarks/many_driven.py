"""`python -m benchmarks.many_driven [--studies N]`: one service that drives many studies at once."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.databases import POSTGRES, SQLITE, database
from benchmarks.markdown import markdown
from tuner.run.on_ray.environment import set_ray_environment


def main() -> None:
    """Measure on both databases, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_driven")
    parser.add_argument("--studies", type=int, default=50)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--epoch-seconds", type=float, default=3.0)
    options = parser.parse_args()
    set_ray_environment(None)
    from benchmarks.sleeping_service import HEAD, measured  # noqa: PLC0415 - Ray reads its environment then
    from tuner.run.on_ray.cluster import cluster  # noqa: PLC0415

    rows = []
    with cluster(None, ()):
        for kind in (SQLITE, POSTGRES):
            with database(kind) as url, tempfile.TemporaryDirectory() as folder:
                rows.append([kind, *measured(url, Path(folder), options)])
    print(markdown(HEAD, rows))


if __name__ == "__main__":
    main()
