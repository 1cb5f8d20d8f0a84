"""A YAML file, and overrides from the command line, read as plain data."""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from trainers.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses what plain YAML keeps quiet about: the same key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise ConfigError(
                    f"line {key_node.start_mark.line + 1}: key {key_node.value} stands here twice"
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep=deep)


def read_mapping(path: Path, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Return the file's mapping, with every override ``dotted.key=value`` put in its place.

    Raises:
        ConfigError: the file is missing, no YAML, no mapping, has a key twice; or an override has no ``=`` or
            leads through something that is no mapping.
    """
    data = _parse(path)
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: holds {type(data).__name__}, not a mapping; write `dataset: …` and so on")
    for override in overrides:
        _put(data, override)
    return data


def _parse(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); name a YAML file") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is no YAML: {' '.join(str(error).split())}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _put(data: dict[str, Any], override: str) -> None:
    path, equals, value = override.partition("=")
    if not equals or not path:
        raise ConfigError(f"{override}: is no override; write dotted.key=value, such as loss.margin=0.2")
    *parents, key = path.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
        if not isinstance(data, dict):
            raise ConfigError(f"{override}: {parent} holds {data!r}, which has no keys")
    try:
        data[key] = yaml.load(value, Loader=_Loader)  # a SafeLoader
    except yaml.YAMLError as error:
        raise ConfigError(f"{override}: the value is no YAML: {' '.join(str(error).split())}") from error
