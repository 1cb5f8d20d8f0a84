"""The folder of a driver's Ray node goes with the driver, or with the next one if it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tuner.run.on_ray.node_folder import node_folder

DRIVER = """
import sys, time
from tuner.run.on_ray.node_folder import node_folder
with node_folder(sys.argv[1]) as folder:
    (folder / "session").mkdir()
    print(folder, flush=True)
    time.sleep(300)
"""


def test_what_a_killed_driver_left_is_swept_and_what_another_uses_is_not(tmp_path: Path) -> None:
    (tmp_path / "tuner-of-somebody-else").mkdir()
    with node_folder(str(tmp_path)) as in_use:
        with subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as driver:
            assert driver.stdout
            left = Path(driver.stdout.readline().strip())
            driver.kill()
        with node_folder(str(tmp_path)):  # its driver may be about to take its lock
            assert left.is_dir()
        an_hour_ago = time.time() - 3600
        os.utime(left / "driver.lock", (an_hour_ago, an_hour_ago))
        os.utime(in_use / "driver.lock", (an_hour_ago, an_hour_ago))
        with node_folder(str(tmp_path)) as folder:
            assert {path.name for path in tmp_path.iterdir()} == {
                in_use.name,
                folder.name,
                "tuner-of-somebody-else",
            }
    assert [path.name for path in tmp_path.iterdir()] == ["tuner-of-somebody-else"]
