"""The compose files: valid by the specification, consistent in themselves, and closed to strangers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.compose_file import (
    COMPOSE_FILE,
    GPU_FILE,
    ROOT,
    composed,
    dockerfile_lines,
    health_command,
    image_environment,
    interpolated,
    mounts,
    words,
)
from tuner.config.sections import Budget

COMPOSED = composed()
SERVICES: dict[str, dict[str, Any]] = COMPOSED["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("metric-tuner:")]


@pytest.mark.parametrize("file", [COMPOSE_FILE, GPU_FILE], ids=lambda file: file.name)
def test_the_specification_accepts_it(file: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, "a 8080 b  c"), ({"PORT": "1"}, "a 1 b --port= c"), ({"PORT": ""}, "a 8080 b  c")],
)
def test_interpolation(variables: dict[str, str], expected: str) -> None:
    assert interpolated("a ${PORT:-8080} b ${PORT:+--port=} c", variables) == expected


def test_only_interpolation_that_the_tests_understand() -> None:
    for file in (COMPOSE_FILE, GPU_FILE):
        assert "$" not in interpolated(file.read_text(), {})


def test_every_dependency_can_be_waited_for() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert health_command(SERVICES[other]), other
            else:
                assert how["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no", other


def test_every_secret_and_volume_is_defined_and_used() -> None:
    secrets = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert secrets == set(COMPOSED["secrets"])
    sources = {source for service in SERVICES.values() for source in mounts(service).values()}
    assert {source for source in sources if not source.startswith(".")} == set(COMPOSED["volumes"])


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_that_a_service_reads_are_mounted(name: str) -> None:
    read = re.findall(r"/run/secrets/(\w+)", str(SERVICES[name].get("environment", {})))
    assert sorted(read) == sorted(SERVICES[name].get("secrets", []))


def test_only_those_who_need_the_database_can_log_in() -> None:
    holders = {
        name for name, service in SERVICES.items() if "postgres_password" in service.get("secrets", [])
    }
    assert holders == {"postgres", "migrate", "serve", "dashboard", "tuner"}
    for name, service in SERVICES.items():
        assert ("TUNER_STORAGE" in service["environment"]) == (name in holders - {"postgres"}), name


def test_no_environment_and_no_command_holds_a_secret() -> None:
    for name, service in SERVICES.items():
        for key, value in service["environment"].items():
            assert not re.search("PASSWORD|TOKEN|SECRET", key) or str(value).startswith("/run/secrets/"), key
        assert not re.search(r"://[^/@\s]*:[^/@\s]*@", str(service)), name
        assert not re.search(
            "password=|token=", str(service.get("command")).replace("password_encryption=", "")
        )


def test_nothing_but_the_dashboard_is_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"dashboard": ["127.0.0.1:8080:8080"]}
    assert not any("network_mode" in service for service in SERVICES.values())


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_exact(name: str) -> None:
    assert re.fullmatch(r"[\w.-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?", SERVICES[name]["image"])


def test_our_image_has_our_version() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert {SERVICES[name]["image"] for name in OURS} == {f"metric-tuner:{version[1]}"}
    assert [name for name in OURS if "build" in SERVICES[name]] == ["migrate"]


@pytest.mark.parametrize("name", OURS)
def test_ours_have_no_rights_to_spare(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "user", "cap_add", "container_name", "pid", "ipc"} & set(service)


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_writes_but_into_volumes_and_memory(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not {"privileged", "cap_add"} & set(service)
    assert any(place.startswith("/tmp") for place in service["tmpfs"])
    assert not {place.partition(":")[0] for place in service["tmpfs"]} & set(mounts(service))


def test_home_is_writable_for_the_images_user() -> None:
    (made,) = [words for words in dockerfile_lines() if "useradd" in words]
    user, name = made[made.index("--uid") + 1], made[made.index("--create-home") + 1]
    for service in OURS:
        (home,) = [place for place in SERVICES[service]["tmpfs"] if place.startswith(f"/home/{name}:")]
        assert f"uid={user}" in home


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_stays_tells_its_health(name: str) -> None:
    stays = SERVICES[name]["restart"] == "unless-stopped"
    assert bool(health_command(SERVICES[name])) == stays


def test_studies_have_time_to_hand_back() -> None:
    grace = float(Budget.model_fields["stop_grace_seconds"].default)
    for name in ("serve", "tuner", "ray-worker"):
        assert float(SERVICES[name]["stop_grace_period"].removesuffix("s")) > grace


def test_whoever_drives_studies_is_where_the_workers_are() -> None:
    shared = {"/runs": "runs", "/data": "data"}
    for name in ("serve", "tuner", "ray-worker"):
        assert shared.items() <= mounts(SERVICES[name]).items()
    for name in ("serve", "tuner"):
        assert SERVICES[name]["environment"]["RAY_ADDRESS"] == "ray-head:6379"


def test_every_named_file_exists() -> None:
    build = SERVICES["migrate"]["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()
    files = [source for service in SERVICES.values() for source in mounts(service).values()]
    files = [source for source in files if source.startswith(".")]
    assert files == ["./search_spaces"]
    assert all((ROOT / file).exists() for file in files)


def test_ray_starts_with_less_memory_for_objects_than_shm_size_allows() -> None:
    """Ray refuses to start otherwise."""
    units = {"m": 2**20, "g": 2**30}
    for name in ("ray-head", "ray-worker"):
        shared = SERVICES[name]["shm_size"]
        (store,) = re.findall(r"--object-store-memory=(\d+)", SERVICES[name]["command"])
        assert int(store) < int(shared[:-1]) * units[shared[-1]]


def test_a_worker_has_all_cpus_unless_told_otherwise() -> None:
    assert "--num-cpus" not in SERVICES["ray-worker"]["command"]
    told = composed(TUNER_WORKERS="3", TUNER_WORKER_CPUS="4")["services"]["ray-worker"]
    assert "--num-cpus=4" in words(told["command"])
    assert (SERVICES["ray-worker"]["scale"], told["scale"]) == (1, 3)


def test_the_gpu_file_changes_only_the_worker() -> None:
    changes = composed(GPU_FILE)
    assert set(changes) == {"services"}
    assert set(changes["services"]) == {"ray-worker"}
    (device,) = changes["services"]["ray-worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}
    assert changes["services"]["ray-worker"]["scale"] == 1


def test_the_image_is_pinned_and_its_user_is_nobody_special() -> None:
    lines = dockerfile_lines()
    assert [line for line in lines if line[0] == "FROM"] == [["FROM", "python:3.11.14-slim-bookworm"]]
    assert [line for line in lines if line[0] == "USER"] == [["USER", "10001"]]
    assert lines[-1] == ["USER", "10001"]
    wanted = {"TZ": "UTC", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token", "TUNER_RUNS": "/runs"}
    wanted |= {"TORCH_HOME": "/data/torch"}  # the home folder is lost with its container
    assert wanted.items() <= image_environment().items()
    assert ["WORKDIR", "/app"] in lines


def test_all_that_the_image_copies_is_there_and_let_through() -> None:
    copied = [file for line in dockerfile_lines() if line[0] == "COPY" for file in line[1:-1]]
    assert all((ROOT / file).exists() for file in copied)
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    assert "*" in ignored
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(copied)


@pytest.mark.parametrize("file", [".gitignore", ".dockerignore"])
def test_secrets_stay_here(file: str) -> None:
    lines = (ROOT / file).read_text().split("\n")
    assert "/secrets/" in lines or "*" in lines
    assert {definition["file"] for definition in COMPOSED["secrets"].values()} == {
        f"./secrets/{name}" for name in COMPOSED["secrets"]
    }


def test_secrets_are_made_once(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    script = shutil.copy(ROOT / "docker" / "make_secrets.sh", tmp_path / "docker")

    def made() -> dict[str, str]:
        done = subprocess.run([script], check=True, capture_output=True, text=True)
        found = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
        assert not any(secret in done.stdout + done.stderr for secret in found.values())
        return found

    first = made()
    assert set(first) == set(COMPOSED["secrets"])
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in first.values())
    assert len(set(first.values())) == len(first)
    (tmp_path / "secrets" / "ray_token").unlink()
    second = made()
    assert second != first
    assert second | {"ray_token": first["ray_token"]} == first
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "secrets").iterdir()} == {0o444}


def test_an_empty_secret_that_nobody_may_write_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    script = shutil.copy(ROOT / "docker" / "make_secrets.sh", tmp_path / "docker")
    (tmp_path / "secrets").mkdir()
    empty = tmp_path / "secrets" / "ray_token"
    empty.touch(0o444)
    before = empty.stat().st_ino
    subprocess.run([script], check=True, capture_output=True)
    assert len(empty.read_text()) == 64
    assert empty.stat().st_ino != before  # root may write into it: that it is another file holds for all


def test_the_example_of_settings_names_all_of_them_and_no_secret() -> None:
    used = set(re.findall(r"\$\{(\w+):", COMPOSE_FILE.read_text()))
    named = set(re.findall(r"^# (\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used == {"TUNER_PORT", "TUNER_WORKERS", "TUNER_WORKER_CPUS"}
    assert named == used | {"COMPOSE_FILE"}
