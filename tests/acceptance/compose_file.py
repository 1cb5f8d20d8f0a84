"""What docker-compose.yml and docker/Dockerfile say, read as Docker reads them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
GPU_FILE = ROOT / "docker" / "compose.gpu.yaml"
DOCKERFILE = ROOT / "docker" / "Dockerfile"

Service = dict[str, Any]


def composed(file: Path = COMPOSE_FILE, /, **variables: str) -> dict[str, Any]:
    """A compose file's content, with these variables set and no others."""
    return dict(yaml.safe_load(interpolated(file.read_text(), variables)))


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """The text with `${NAME:-otherwise}` and `${NAME:+instead}` replaced."""

    def replacement(match: re.Match[str]) -> str:
        name, kind, word = match.groups()
        value = variables.get(name, "")
        return (value or word) if kind == "-" else (value and word)

    return re.sub(r"\$\{(\w+):([-+])([^}]*)\}", replacement, text)


def words(command: str | list[str]) -> list[str]:
    """A command as a list: text is taken apart as a shell does."""
    return shlex.split(command) if isinstance(command, str) else command


def health_command(service: Service) -> list[str]:
    """The command that tells whether a container is healthy; empty if there is none."""
    if "healthcheck" not in service:
        return []
    kind, *command = service["healthcheck"]["test"]
    return command if kind == "CMD" else ["/bin/sh", "-c", *command]


def health_seconds(service: Service) -> float:
    """How long a health check may take; written as whole seconds."""
    return float(service.get("healthcheck", {}).get("timeout", "30s").removesuffix("s"))


def mounts(service: Service) -> dict[str, str]:
    """Where in a container each volume, or each folder of this checkout (`./…`), is mounted."""
    pairs = [volume.split(":")[:2] for volume in service.get("volumes", [])]
    return {target: source for source, target in pairs}


def dockerfile_lines() -> list[list[str]]:
    """The instructions of docker/Dockerfile, each as its words."""
    lines = DOCKERFILE.read_text().replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip() and not line.startswith("#")]


def image_environment() -> dict[str, str]:
    """What docker/Dockerfile sets in the environment of every service of ours."""
    settings = [setting for word, *rest in dockerfile_lines() if word == "ENV" for setting in rest]
    return dict(setting.split("=", 1) for setting in settings)
